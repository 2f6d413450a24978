"""What anybody may do without an account: ask for a venue, and withdraw the request by its code.

Runs in the public database role, which reaches bookings through the functions of `venue_requests.sql` only.
"""

import datetime

from django.db import connection
from django.utils import timezone

from community.communities.models import Community
from community.objections.tracking_codes import code_hash
from community.venues.models import Venue
from community.venues.slots import Slot, SlotTaken
from portal.access.db_scope import set_change_context
from portal.forms.refusals import Refusal


def request_venue(
    *,
    community: Community,
    venue: Venue,
    slot: Slot,
    title: str,
    name: str,
    phone: str,
    code: str,
    at: datetime.datetime | None = None,
) -> None:
    """Ask for a venue; `code` is the tracking code by which its author finds the answer. Raises Refusal."""
    set_change_context(action="居民申请场地")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT community_request_venue(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                community.id,
                venue.uuid,
                slot.starts_at,
                slot.ends_at,
                title.strip(),
                name.strip(),
                phone.strip(),
                code_hash(code),
                at or timezone.now(),
            ],
        )
        (result,) = cursor.fetchone()
    if result == "taken":
        raise SlotTaken("这段时间刚刚被预约，请换一个时间")
    if result != "asked":
        raise Refusal("这个场地现在不接受预约")


def withdraw_request(hashed: bytes) -> None:
    """Withdraw the request with this code. Raises Refusal once it is decided."""
    set_change_context(action="居民撤回场地申请")
    with connection.cursor() as cursor:
        cursor.execute("SELECT community_withdraw_venue_request(%s)", [hashed])
        if not cursor.fetchone()[0]:
            raise Refusal("这个申请已经答复，不能再撤回；不来使用的请打电话告诉社区")
