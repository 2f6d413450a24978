"""Which bulletin a page of the committee is about, and where its pages are."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from community.models import Bulletin
from portal.permissions import Permission as P
from portal.scoping import rows


def bulletin_of(request, month, permission=P.BULLETIN_VIEW) -> Bulletin:
    """The month's bulletin, for who holds `permission`; else 404."""
    bulletins = rows(Bulletin, request.access, permission, request.community).select_related("community")
    return get_object_or_404(bulletins, month=month)


def bulletin_url(request, name: str, **kwargs) -> str:
    """The address of `community:bulletin_<name>`."""
    return reverse(f"community:bulletin_{name}", kwargs={"community": request.community.code, **kwargs})
