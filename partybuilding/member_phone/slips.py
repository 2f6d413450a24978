"""Slips of many members as one PDF, laid out in parts so that none of them takes too long."""

import io
from collections.abc import Callable, Sequence

from django.utils import timezone

from community.accounts.models import User
from community.accounts.slips import qr_of
from partybuilding.member_phone.holders import PhoneHolder, issue_member_slip
from portal.pdf.parts import join
from portal.pdf.rendering import render_pdf

_PART = 60
"""Slips that are laid out at a time: a multiple of those on a page."""


def slips_pdf(
    *, holders: Sequence[PhoneHolder], community, by: User, step: Callable[[int], None] = lambda done: None
) -> bytes:
    """Issue a slip for each of these members and return all of them; `step` is told how many are done.

    Raises AccountError and PdfError.
    """
    dated, parts = timezone.localtime(), []
    for first in range(0, len(holders), _PART):
        slips = [
            issue_member_slip(holder=holder, community=community, by=by)
            for holder in holders[first : first + _PART]
        ]
        context = {
            "place": community.name,
            "dated": dated,
            "slips": [(slip, *qr_of("community:phone_bind", slip.token)) for slip in slips],
        }
        parts.append(render_pdf("partybuilding/member_phone/print_slips.html", context))
        step(first + len(slips))
    if len(parts) == 1:
        return parts[0]
    content = io.BytesIO()
    join(parts)[0].write(content)
    return content.getvalue()
