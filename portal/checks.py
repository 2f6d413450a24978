"""Mistakes of deployment and of development that a command can find (`manage.py check`)."""

from django.conf import settings
from django.core.checks import Error, Warning, register

from portal import vault


@register()
def keys_are_readable(app_configs, **kwargs):
    """The data keys can be read and do what they should."""
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
