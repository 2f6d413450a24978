"""The filled file, and the line in the access log without which nobody gets one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from django.utils import timezone

from community.models import Person
from portal import journal, releases
from portal.access import Access, CommunityRef
from portal.filling.process import fill
from portal.models import AccessLog, Release
from portal.permissions import Permission
from portal.saved_lists import ListInvalid
from portal.scoping import rows
from portal.spreadsheets.errors import SpreadsheetError
from portal.vault import SecretUnreadable
from residents.filling.choosing import ids_of
from residents.filling.orders import Prepared, prepare
from residents.models import FormFilling
from residents.registers.people import PersonRegister

REFUSED = (SpreadsheetError, SecretUnreadable, ListInvalid)
"""Why there may be no filled form; the text is a sentence to show."""
AT_ONCE = 500
"""People of a form that is filled while its user waits; for more a job does it."""


def kept(access: Access, community: CommunityRef):
    """The forms that this user is filling; nobody sees another's."""
    return rows(FormFilling, access, Permission.PEOPLE_EXPORT, community).filter(user=access.user).kept()


def people_of(filling: FormFilling, access: Access, community: CommunityRef) -> list[int]:
    return ids_of(filling, PersonRegister(), access, community)


def filled(
    filling: FormFilling,
    access: Access,
    community: CommunityRef,
    *,
    full: bool,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[bytes, Prepared]:
    """The form with everybody in it. Raises one of REFUSED."""
    ids = people_of(filling, access, community)
    prepared = prepare(filling, ids, access=access, community=community, full=full, step=step)
    return fill(filling.read_content(), prepared.order)[0], prepared


def name_of(filling: FormFilling) -> str:
    """What the filled file is called: as it came, with today's date."""
    return f"{Path(filling.file_name).stem}{timezone.localdate():%Y%m%d}"


def log_masked(
    filling: FormFilling, ids: Sequence[int], access: Access, community: CommunityRef, request_id: str
) -> None:
    """Filling a form is an export."""
    _log(AccessLog.Action.EXPORT, f"填表：{filling.file_name}", ids, access, community, request_id)


def log_found(
    filling: FormFilling, ids: Sequence[int], access: Access, community: CommunityRef, request_id: str
) -> None:
    """Looking up the certificate numbers of a form tells who of them is registered."""
    reason = f"填表：按表中的证件号码查找（{filling.file_name}）"
    _log(AccessLog.Action.FIND, reason, ids, access, community, request_id)


def _log(
    action: str, reason: str, ids: Sequence[int], access: Access, community: CommunityRef, request_id: str
) -> None:
    journal.log_access(
        community_id=community.id,
        user_id=access.user.pk,
        action=action,
        subject=Person.stored_label,
        ids=ids,
        reason=reason,
        request_id=request_id,
    )


def offer_full(
    filling: FormFilling,
    content: bytes,
    ids: Sequence[int],
    access: Access,
    community: CommunityRef,
    request_id: str,
) -> Release:
    """Have the file with full numbers released: alone up to 200 people, else by two persons."""
    return releases.offer_file(
        by=access.user,
        community=community,
        title=f"填表：{filling.file_name}（{len(ids)}人）",
        name=name_of(filling),
        extension="xlsx",
        content=content,
        ids=ids,
        subject=Person.stored_label,
        reason=filling.reason,
        request_id=request_id,
    )
