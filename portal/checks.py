"""System checks (`manage.py check`) for mistakes of deployment and development."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

from portal import vault
from portal.database import install
from portal.grants import OWNER_ONLY, UNSCOPED
from portal.history import wrong_triggers


@register()
def keys_are_readable(app_configs, **kwargs):
    """The encryption keys can be read and used."""
    try:
        vault.blind_index("", "check")
    except vault.KeysMissing as error:
        return [Error(str(error), id="liren.E001")]
    return []


@register(deploy=True)
def served_over_https(app_configs, **kwargs):
    if not settings.HTTPS:
        return [
            Warning(
                "LIREN_URL 不是 https 网址，只能在本机使用。",
                hint="对外服务前请设置 LIREN_URL=https://…",
                id="liren.W001",
            )
        ]
    return []


@register(Tags.database)
def tables_are_protected(app_configs, databases=None, **kwargs):
    """Every table has forced row-level security or is listed as needing none."""
    errors = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
                " AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname"
            )
            names = [name for (name,) in cursor.fetchall() if name not in UNSCOPED and name not in OWNER_ONLY]
        errors += [
            Error(
                f"表 {name} 没有行级安全。",
                hint="在模型或 .sql 文件中声明，或在 portal/grants.py 中写明理由。",
                id="liren.E002",
            )
            for name in names
        ]
    return errors


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
