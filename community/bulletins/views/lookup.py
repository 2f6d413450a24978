"""Lookup and URLs of bulletins for the committee's pages."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from community.bulletins.models.bulletin import Bulletin
from portal.access.permissions import Permission as P
from portal.access.querysets import rows


def bulletin_of(request, month, permission=P.BULLETIN_VIEW) -> Bulletin:
    """The month's bulletin for holders of `permission`, or 404."""
    bulletins = rows(Bulletin, request.access, permission, request.community).select_related("community")
    return get_object_or_404(bulletins, month=month)


def bulletin_url(request, name: str, **kwargs) -> str:
    """The address of `community:bulletin_<name>`."""
    return reverse(f"community:bulletin_{name}", kwargs={"community": request.community.code, **kwargs})
