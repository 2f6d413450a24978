"""System checks: every table has row-level security, and the site is served over HTTPS."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

from portal.access.table_grants import OWNER_ONLY, UNSCOPED


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
                hint="在模型或 .sql 文件中声明，或在 portal/access/table_grants.py 中写明理由。",
                id="liren.E002",
            )
            for name in names
        ]
    return errors
