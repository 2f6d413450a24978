"""System check: the data keys can be read and work."""

from django.core.checks import Error, register

from portal.crypto import vault


@register()
def keys_are_readable(app_configs, **kwargs):
    """The encryption keys can be read and used; a check makes none."""
    if not vault.key_file().exists():
        return []
    try:
        vault.blind_index("", "check")
    except vault.KeysMissing as error:
        return [Error(str(error), id="liren.E001")]
    return []
