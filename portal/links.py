"""Whole addresses, for what is read outside the portal: paper, QR codes, the terminal."""

from django.conf import settings
from django.urls import reverse


def absolute_url(url_name: str, **kwargs) -> str:
    """The address of a page under which people reach this portal."""
    return settings.LIREN_URL.rstrip("/") + reverse(url_name, kwargs=kwargs)
