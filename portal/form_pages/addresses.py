"""Addresses of drafts: the page of a form, filled with one; and the way back to it after signing in."""

import uuid

from django.conf import settings

from portal.form_pages import drafts

DRAFT, STEP = "draft", "step"
"""Parameters of an address: the draft that fills the form, and what the page shows of it."""
CHECK, CONFIRM = "check", "confirm"
"""Steps of a form that is checked: its check page, and what that page sends."""
LAST_USER = "last_user"
"""Signed cookie with the id of the user who was signed in last in this browser: drafts of an ended session are theirs."""


def with_parameters(request, **parameters: str) -> str:
    """Address of the requested page with these parameters, and no other ones of drafts."""
    query = request.GET.copy()
    for name in (DRAFT, STEP):
        query.pop(name, None)
    query.update(parameters)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def address_after_sign_in(request) -> str:
    """Address for somebody whose session ended. A form that they sent is kept; the address leads back to it.

    What a check page would confirm is kept already.
    """
    user_id = request.get_signed_cookie(LAST_USER, default=None)
    if request.method != "POST" or user_id is None or request.POST.get(STEP) == CONFIRM:
        return request.get_full_path()
    key = uuid.uuid4()
    drafts.keep(request.POST, key=key, user_id=int(user_id), path=request.path)
    return with_parameters(request, draft=str(key), step="kept")


def remember_user(request, response) -> None:
    """Set the cookie `LAST_USER`. It opens nothing: drafts are shown to this user only after signing in."""
    user_id = str(request.user.pk)
    if request.get_signed_cookie(LAST_USER, default=None) != user_id:
        response.set_signed_cookie(LAST_USER, user_id, secure=settings.HTTPS, httponly=True, samesite="Lax")
