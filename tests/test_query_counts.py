"""Query counts of every page at two data sizes and numbers of communities, compared with `baselines/queries.json`.

A page that asks more often with more rows would be slow where it matters; a page that asks more often than
it did is to be looked at before the new number is written down: `make baselines` writes the file anew.
"""

import datetime
import json
import os
import time
import uuid
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, models, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.people.models import Person
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog
from portal.handover.models import Handover
from portal.menu.models import OwnLinks
from portal.registers.registry import all_registers
from residents.homes.models import Residence
from tests.many_communities import add_communities

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_contexts")]
BASELINES = Path(__file__).parent / "baselines" / "queries.json"
COPIES = 30
COMMUNITIES = 10

# A place has one head at a time, and a post one holder: the copies are former ones. The database numbers requests.
# A body elects once at a time: the copies are void. A month is closed once, and money receipted once: the copies are of
# former closings, void receipts and uses taken back. A venue has one use at a time: the copies are asked for.
DIFFER = {
    "community.FinanceMonth": {
        "reopened_at": datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC),
        "reopened_because": "补记",
    },
    "community.VenueBooking": {"state": "requested"},
    "partybuilding.DonationUse": {"ended_on": datetime.date(2026, 1, 5), "ended_because": "写错"},
    "partybuilding.DonationReceipt": {"voided_on": datetime.date(2026, 1, 5), "voided_because": "写错"},
    "community.HeadAppointment": {"end": datetime.date(2024, 6, 1)},
    "community.PostHolder": {"end": datetime.date(2021, 1, 1)},
    "partybuilding.Election": {"state": "void"},
    "services.Request": {"number": 0},
}
"""What copies of a row must say otherwise, by model."""

ONE_EACH = {"community.IssueLine": "person", "partybuilding.GoodsDonation": "movement"}
"""Foreign key whose row each copy has one of its own of, by model."""

GROWS: dict[str, str] = {}
"""Pages that ask more often with more rows, with the reason for which that is right."""


REPEATS: dict[str, str] = {
    "residents:event_undo": "The undo is tried in a savepoint, and reads the events for itself.",
    "residents:filling_check": "The households are put in order for the page, and by what prepares the form.",
    "residents:person_merge": "Each record is described by itself; here both live in one household.",
}
"""Pages that ask one thing twice, with the reason for which that is right."""


class Pages:
    """Every page of the resolver that answers a GET with 200, opened by whoever may."""

    def __init__(self, addresses, clients: dict[str, Client]):
        names = [name for name, _, _ in addresses]
        # A noun's own detail page stands beside the one it replaces.
        self.urls = {
            name if names.count(name) == 1 else f"{name} {route}": url for name, route, url in addresses
        }
        self.clients = clients
        self.openers: dict[str, str] = {}
        self.openers_known = False
        self.repeated: list[tuple[str, str]] = []
        """Page and a query that it asked twice."""

    def measure(self) -> dict[str, int]:
        """Name → number of queries."""
        counts = {}
        for name, url in self.urls.items():
            openers = [self.openers[name]] if name in self.openers else _openers(url)
            for opener in openers[:1] if self.openers_known else openers:
                reset_queries()  # the log of a connection is not endless
                # A page is written down as opened last unless it was: here each one is.
                OwnLinks.objects.all().delete()
                # Nor is the access log to begin with what this walk was refused.
                AccessLog.objects.filter(action=AccessLog.Action.DENIED).delete()
                with CaptureQueriesContext(connection) as queries:
                    answer = self.clients[opener].get(url)
                if answer.streaming:
                    list(answer)  # a file that is not read to its end stays open
                if answer.status_code == 200:
                    counts[name], self.openers[name] = len(queries), opener
                    self._note_repeated(name, queries)
                if answer.status_code in (200, 405):
                    break
        self.openers_known = True
        return counts

    def _note_repeated(self, name: str, queries) -> None:
        asked = Counter(query["sql"] for query in queries if query["sql"].startswith("SELECT"))
        self.repeated += [
            (name, sql)
            for sql, count in asked.items()
            if count > 1 and "set_config(" not in sql and "current_setting(" not in sql
        ]


def _openers(url: str) -> list[str]:
    if url.startswith("/c/"):
        return ["director", "supervisor", "health"]
    space = {
        "/head/": "head",
        "/m/": "member",
        "/street/": "street",
        "/home/": "director",
        "/accounts/": "director",
    }
    return [next((who for start, who in space.items() if url.startswith(start)), "anybody")]


def grow(house, user_id: int) -> None:
    """Add many rows to every register, with the same related rows as the first one."""
    for register in all_registers():
        first = register.model._default_manager.filter(community=house.kuocang).first()
        copies = [_copy(first, number) for number in range(1, COPIES + 1)]
        try:
            with transaction.atomic():
                register.model._default_manager.bulk_create(copies)
        except IntegrityError as rule:
            pytest.fail(f"no copies of {register.label}: {rule}")
        add_related_rows(first, house, user_id, COPIES)
    people = Person.objects.filter(community=house.kuocang, residences__isnull=True)
    Residence.objects.bulk_create(
        Residence(community=house.kuocang, person=person, household=house.household, kind="living")
        for person in people
    )


def warm_up(clients: dict[str, Client]) -> None:
    """The first request of a session writes its times, and counts what stands beside 待办."""
    for client in clients.values():
        client.get("/home/todo/")


def _copy(first: models.Model, number: int) -> models.Model:
    """Copy a row, with other values where unique constraints require them."""
    values = {f.attname: getattr(first, f.attname) for f in first._meta.local_fields if not f.primary_key}
    ruled = {name for rule in first._meta.constraints for name in getattr(rule, "fields", ())}
    for field in first._meta.local_fields:
        if isinstance(field, models.UUIDField):
            values[field.attname] = uuid.uuid4()
        elif field.name in ruled and not field.choices and not field.is_relation:
            values[field.attname] = _another(field, values[field.attname], number)
    if name := ONE_EACH.get(first._meta.label):
        own = _copy(getattr(first, name), number)
        own.save()
        values[first._meta.get_field(name).attname] = own.pk
    if "reopened_at" in (differs := DIFFER.get(first._meta.label, {})):
        values["reopened_by_id"] = first.closed_by_id
    return type(first)(**values | differs)


def _another(field: models.Field, value, number: int):
    if isinstance(field, models.CharField):
        return f"{value}{number}" if value or field.name == "place" else value
    if isinstance(field, models.TimeField):
        return value.replace(minute=number)
    if isinstance(field, models.IntegerField) and value is not None:
        return value + number
    return value


def add_related_rows(row: models.Model, house, user_id: int, count: int) -> None:
    """Add what any row may have: attachments, hand-overs, access log entries."""
    owner = {
        "community_id": house.kuocang.id,
        "user_id": user_id,
        "subject": row._meta.label,
        "row_id": row.pk,
    }
    Attachment.objects.bulk_create(
        Attachment(
            **owner, name=f"{n}.pdf", stored=f"{row._meta.label}/{count}-{n}", size=1, digest=f"{count} {n}"
        )
        for n in range(count)
    )
    Handover.objects.bulk_create(
        Handover(**owner, label="任务", url_name="community:task_detail", state="待办") for _ in range(count)
    )
    subject = {name: owner[name] for name in ("community_id", "user_id", "subject")}
    AccessLog.objects.bulk_create(AccessLog(**subject, action="file", ids=[row.pk]) for _ in range(count))


def test_query_counts_match_the_baselines(house, cast, addresses, monkeypatch):
    """Twice: with two communities and few rows, and with ten and many."""
    # A session saves its time once a minute, which would add a query to a random page.
    now = time.time()
    monkeypatch.setattr("portal.middleware.time", SimpleNamespace(time=lambda: now))
    clients = {"anybody": Client()}
    for name in ("director", "supervisor", "health", "head", "member", "street"):
        clients[name] = Client()
        clients[name].force_login(cast[name])
    for register in all_registers():
        first = register.model._default_manager.filter(community=house.kuocang).first()
        add_related_rows(first, house, cast["staff"].pk, 1)
    pages = Pages(addresses, clients)
    warm_up(clients)
    small = pages.measure()
    add_communities(house, COMMUNITIES - 2)
    grow(house, cast["staff"].pk)
    warm_up(clients)
    large = pages.measure()
    assert small.keys() <= large.keys()
    # A household of one cannot be split: such pages are there for the larger house only.
    counts_by_page = {name: [small.get(name, large[name]), large[name]] for name in large}
    problems = [f"{name} asks twice: {sql[:200]}" for name, sql in pages.repeated if name not in REPEATS]
    problems += [
        f"{name} asks {few} and with more rows and communities {many}: a query inside a loop"
        for name, (few, many) in counts_by_page.items()
        if few != many and name not in GROWS
    ]
    assert not problems, "\n".join(problems)
    if os.environ.get("LIREN_BASELINES") == "write":
        lines = ",\n".join(f"{json.dumps(name)}: {counts}" for name, counts in sorted(counts_by_page.items()))
        BASELINES.write_text(f"{{\n{lines}\n}}\n")
    baselines = json.loads(BASELINES.read_text())
    changed = {
        name: (baselines.get(name), counts_by_page.get(name))
        for name in baselines.keys() | counts_by_page.keys()
    }
    changed = {name: counts for name, counts in changed.items() if counts[0] != counts[1]}
    assert changed == {}, "page: (written down, now). Where that is right: make baselines"
