"""Absolute URLs for use outside the portal: paper, QR codes, the terminal."""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.urls import reverse


def absolute_url(url_name: str, **kwargs) -> str:
    """Absolute URL of a page, below LIREN_URL."""
    return settings.LIREN_URL.rstrip("/") + reverse(url_name, kwargs=kwargs)


def own_address() -> SplitResult:
    """Scheme, host and port at which the portal is reached."""
    return urlsplit(settings.LIREN_URL)
