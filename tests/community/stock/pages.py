"""Forms of goods, filled and sent as a browser does."""

import uuid
from decimal import Decimal

from django.db.models import Sum

from community.stock.models import StockBatch, StockMovement

DESK = "/c/kuocang"


def send(client, url: str, **data):
    """Send a form as its page is shown, with these fields; the response of the page that follows."""
    return client.post(url, {"token": str(uuid.uuid4())} | data, follow=True)


def errors_of(response) -> dict[str, list[str]]:
    """Field → sentences of the form that came back."""
    assert response.status_code == 422, response.status_code
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def on_hand(batch: StockBatch) -> int:
    """What is on hand, which is the sum of the movements."""
    batch.refresh_from_db()
    moved = StockMovement.objects.filter(batch=batch).aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    assert batch.on_hand == moved
    return batch.on_hand
