"""What the undo of a list of proposals does besides the history."""

from django.db import connection

from portal.importing.models import ImportBatch


def delete_receipts(batch: ImportBatch) -> None:
    """Delete the first steps of the proposals that the batch took in and on which nobody worked since.

    Steps are never deleted by the runtime role, so a function of the owner does it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_delete_proposal_receipts(%s, %s)", [batch.community_id, batch.action])
