"""What a slip says of a tracking code, and a new code on its way to the page that shows it once."""

import uuid

from django.http import QueryDict

from community.objections.tracking_codes import format_code
from portal.form_pages import drafts
from portal.form_pages.addresses import DRAFT
from portal.pages.absolute_urls import absolute_url
from portal.values.qr_codes import qr_code


def slip_of(code: str) -> dict[str, str]:
    """Context of a slip: `code` as it is read out, `address` where it is looked up, and `qr` of that with the code.

    The code stands behind a #, so no server sees it. Without a code (it is shown once) the slip has the address only.
    """
    address = absolute_url("community:track")
    if not code:
        return {"code": "", "address": address, "qr": ""}
    shown = format_code(code)
    return {"code": shown, "address": address, "qr": qr_code(f"{address}#{shown}")}


def keep_code(request, url: str, code: str) -> str:
    """Keep a code for the page at `url` that shows it, encrypted like a draft; the address that shows it to this user."""
    key = uuid.uuid4()
    drafts.keep(QueryDict(f"code={code}"), key=key, user_id=request.user.pk, path=url)
    return f"{url}?{DRAFT}={key}"


def kept_code(request, url: str) -> str:
    """The code that the address may show to this user; empty if it may not any more."""
    draft = drafts.read(request.GET.get(DRAFT), user_id=request.user.pk, path=url)
    return draft.get("code") if draft else ""
