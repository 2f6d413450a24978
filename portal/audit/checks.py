"""System check: the history triggers in the database are those that tracked models declare."""

from django.core.checks import Error, Tags, register

from portal.audit.tracking import wrong_triggers
from portal.database import install


@register(Tags.database)
def tracked_models_have_their_triggers(app_configs, databases=None, **kwargs):
    """The catalogue holds the triggers that tracked models declare, enabled and as declared, and no others.

    Only where this code was installed: `migrate` is checked before it runs, and may be what installs it.
    """
    errors = []
    for alias in databases or ():
        if install.is_installed(using=alias):
            errors += [Error(trouble, id="liren.E003") for trouble in wrong_triggers(using=alias)]
    return errors
