"""Requests for tests of numbers: received, answered and rated on given days."""

import datetime

from django.utils import timezone

from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.cases.actions import record_receipt, take_step
from services.requests.models import Request


def at(day: datetime.date, hour: int = 10, minute: int = 0, second: int = 0) -> datetime.datetime:
    """A local moment."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute, second)))


def receive(community, user, day, *, moment=None, category="repair", channel="phone", **fields) -> Request:
    """A request received on a local day at ten, in hand at once."""
    moment = moment or at(day)
    request = Request.objects.create(
        community=community,
        state="new",
        channel=channel,
        category=category,
        text="楼道灯不亮",
        received_at=moment,
        **fields,
    )
    request.refresh_from_db(fields=["year", "number"])
    record_receipt(request, "receive", by=user, at=moment)
    take_step(request, "assign", by=user, changes={"owner": user}, at=moment)
    return request


def answer(request: Request, user, day, *, moment=None) -> None:
    changes = {"outcome": "solved", "rating": ""}
    take_step(request, "answer", by=user, text="已修好", changes=changes, at=moment or at(day, 16))


def rate(request: Request, rating: str, day, *, by=None, way: str = "") -> None:
    """A rating: by the code, or asked by a clerk in some way."""
    dissatisfied = request.dissatisfied + (rating == "dissatisfied")
    changes = {"rating": rating, "dissatisfied": dissatisfied}
    details = {"方式": way} if way else {}
    take_step(request, rating, by=by, text="还是不亮", details=details, changes=changes, at=at(day, 18))


def in_scope(community, rights=tuple(Permission)):
    """The scope of a user of the community with these rights, in which the database counts for it."""
    return scope(APP, communities=[community.id], write=[community.id], rights=rights)
