"""The filled file and its entry in the access log."""

from collections.abc import Callable, Sequence
from pathlib import Path

from django.utils import timezone

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.crypto.vault import SecretUnreadable
from portal.exports import sensitive_exports
from portal.exports.models import SensitiveExport
from portal.form_filling.process import fill
from portal.saved_lists.saved_lists import InvalidSavedList
from portal.spreadsheets.errors import SpreadsheetError
from residents.form_filling.models import FormFilling
from residents.form_filling.orders import PreparedForm, prepare
from residents.form_filling.people_choice import ids_of
from residents.people.registers import PersonRegister

REFUSED = (SpreadsheetError, SecretUnreadable, InvalidSavedList)
"""Errors of filling; the text is a sentence to show."""
AT_ONCE = 500
"""Up to as many people a form is filled within the request; for more by a job."""


def own_fillings(access: Access, community: CommunityRef):
    """The form fillings of this user that have not expired."""
    fillings = rows(FormFilling, access, Permission.PEOPLE_EXPORT, community).filter(user=access.user)
    return fillings.not_expired().select_related("file")


def people_of(filling: FormFilling, access: Access, community: CommunityRef) -> list[int]:
    return ids_of(filling, PersonRegister(), access, community)


def filled(
    filling: FormFilling,
    access: Access,
    community: CommunityRef,
    *,
    full: bool,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[bytes, PreparedForm]:
    """The filled form. Raises one of REFUSED."""
    ids = people_of(filling, access, community)
    prepared = prepare(filling, ids, access=access, community=community, full=full, step=step)
    return fill(filling.read_content(), prepared.order)[0], prepared


def name_of(filling: FormFilling) -> str:
    """File name of the filled form: the uploaded name with today's date."""
    return f"{Path(filling.file_name).stem}{timezone.localdate():%Y%m%d}"


def log_masked_export(
    filling: FormFilling, ids: Sequence[int], access: Access, community: CommunityRef, request_id: str
) -> None:
    """Log the filling of a form as an export."""
    _log(AccessLog.Action.EXPORT, f"填表：{filling.file_name}", ids, access, community, request_id)


def log_id_lookup(
    filling: FormFilling, ids: Sequence[int], access: Access, community: CommunityRef, request_id: str
) -> None:
    """Log the look-up of the form's ID numbers: it reveals who of them is registered."""
    reason = f"填表：按表中的证件号码查找（{filling.file_name}）"
    _log(AccessLog.Action.FIND, reason, ids, access, community, request_id)


def _log(
    action: str, reason: str, ids: Sequence[int], access: Access, community: CommunityRef, request_id: str
) -> None:
    access_log.log_access(
        community_id=community.id,
        user_id=access.user.pk,
        action=action,
        subject=Person.stored_label,
        ids=ids,
        reason=reason,
        request_id=request_id,
    )


def offer_sensitive_export(
    filling: FormFilling,
    content: bytes,
    ids: Sequence[int],
    access: Access,
    community: CommunityRef,
    request_id: str,
) -> SensitiveExport:
    """Offer the file with full ID numbers as a sensitive export: above 200 people a second person approves."""
    return sensitive_exports.store_export(
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
