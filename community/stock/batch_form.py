"""The form of what is marked on a batch."""

from community.stock.models import StockBatch
from portal.forms.forms import RowForm


class BatchForm(RowForm):
    """Number, expiry and place; item and quantity follow from the slips."""

    error_fields = {"stockbatch_once": "store"}

    class Meta:
        model = StockBatch
        fields = ("number", "expires_on", "store")
