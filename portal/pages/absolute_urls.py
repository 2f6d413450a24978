"""Absolute URLs for use outside the portal: paper, QR codes, the terminal."""

from django.conf import settings
from django.urls import reverse


def absolute_url(url_name: str, **kwargs) -> str:
    """Absolute URL of a page, below LIREN_URL."""
    return settings.LIREN_URL.rstrip("/") + reverse(url_name, kwargs=kwargs)
