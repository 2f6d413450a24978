"""What the undo of a hotline list does besides the history: receipts, contacts, and a step that says so."""

from django.db import connection
from django.utils import timezone

from portal.cases.bulk import change_cases
from portal.importing.models import ImportBatch, ImportRow
from services.hotline.models import HotlineOrder
from services.hotline.words import LABELS
from services.requests.models import Request

_CONTACT = {LABELS[name]: name for name in ("name", "phone")}


def delete_receipts(batch: ImportBatch) -> None:
    """Delete the first steps of the requests that the batch took in and nobody worked on since.

    Steps are never deleted by the runtime role, so a function of the owner does it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_delete_hotline_receipts(%s, %s)", [batch.community_id, batch.action])


def bring_back_contacts(batch: ImportBatch) -> None:
    """Set name and phone of the requests that the batch updated to what they were, and record the undo in their course."""
    rows = ImportRow.objects.filter(community_id=batch.community_id, batch=batch, settled=True)
    earlier = {
        label: {_CONTACT[header]: old for header, old, _ in changes if header in _CONTACT}
        for label, changes in rows.filter(verdict=ImportRow.Verdict.CHANGED).values_list("label", "changes")
    }
    orders = HotlineOrder.objects.filter(community_id=batch.community_id, number__in=earlier)
    number_of = dict(orders.values_list("request_id", "number"))
    requests = list(Request.objects.filter(community_id=batch.community_id, pk__in=number_of).order_by("pk"))
    for request in requests:
        for name, old in earlier[number_of[request.pk]].items():
            setattr(request, name, old)
    details = [{"工单编号": number_of[request.pk]} for request in requests]
    at, by_id = timezone.now(), batch.undone_by
    change_cases(requests, ("name", "phone"), "unlisted", by_id=by_id, at=at, details=details)
