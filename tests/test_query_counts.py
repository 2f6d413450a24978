"""Query counts of each page at two data sizes, compared with `baselines/queries.json`.

A page that asks more often with more rows would be slow where it matters; a page that asks more often than
it did is to be looked at before the new number is written down: `make baselines` writes the file anew.
"""

import datetime
import json
import os
import re
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, models, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.people.models import Person
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog
from portal.handover.models import Handover
from portal.registers.registry import all_registers
from residents.homes.models import Residence
from tests.addresses import URLS, register_of, sample_row

pytestmark = pytest.mark.django_db
BASELINES = Path(__file__).parent / "baselines" / "queries.json"
COPIES = 30

# A place has one head at a time: the copies are former heads.
DIFFER = {"community.HeadAppointment": {"end": datetime.date(2024, 6, 1)}}
"""What copies of a row must say otherwise, by model."""

GROWS: dict[str, str] = {}
"""Pages that ask more often with more rows, with the reason for which that is right."""


def pages() -> dict[str, str]:
    """Name → route: lists and details of all registers, and every page that is not made from a declaration."""
    url_names = {}
    for name, route in dict.fromkeys(URLS):  # a noun's own detail page stands beside the one it replaces
        register = register_of(name)
        action_names = {f"{register.label}_{action}" for action in register.actions} if register else set()
        is_made = name in action_names or "batch" in route or "attachment" in route
        if not is_made or name.endswith(("_list", "_detail")):
            url_names[f"{name} {route}" if name in url_names else name] = route
    return url_names


def measure(clients: dict[str, Client], values: dict, house) -> dict[str, int]:
    """Name → number of queries of each page that answers with a page, opened by whoever may."""
    counts = {}
    for name, route in pages().items():
        url_name = name.partition(" ")[0]
        arguments = values | {"row": sample_row(url_name, house)}
        parameters = re.findall(r"<(?:\w+:)?(\w+)>", route)
        url = reverse(url_name, kwargs={parameter: arguments[parameter] for parameter in parameters})
        for client in _openers(clients, url):
            reset_queries()  # the log of a connection is not endless
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(url)
            if answer.streaming:
                list(answer)  # a file that is not read to its end stays open
            if answer.status_code == 200:
                counts[name] = len(queries)
                break
    return counts


def _openers(clients: dict[str, Client], url: str) -> list[Client]:
    if url.startswith("/c/"):
        return [clients["director"], clients["supervisor"], clients["health"]]
    space = {"/head/": "head", "/street/": "street", "/home/": "director", "/accounts/": "director"}
    return [clients[next((who for start, who in space.items() if url.startswith(start)), "anybody")]]


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


def _copy(first: models.Model, number: int) -> models.Model:
    """Copy a row, with other values where unique constraints require them."""
    values = {f.attname: getattr(first, f.attname) for f in first._meta.local_fields if not f.primary_key}
    ruled = {name for rule in first._meta.constraints for name in getattr(rule, "fields", ())}
    for field in first._meta.local_fields:
        if isinstance(field, models.UUIDField):
            values[field.attname] = uuid.uuid4()
        elif field.name in ruled and not field.choices and not field.is_relation:
            values[field.attname] = _another(field, values[field.attname], number)
    return type(first)(**values | DIFFER.get(first._meta.label, {}))


def _another(field: models.Field, value, number: int):
    if isinstance(field, models.CharField):
        return f"{value}{number}" if value or field.name == "place" else value
    if isinstance(field, models.TimeField):
        return value.replace(minute=number)
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


def test_query_counts_match_the_baselines(house, cast, samples, monkeypatch):
    # A session saves its time once a minute, which would add a query to a random page.
    now = time.time()
    monkeypatch.setattr("portal.middleware.time", SimpleNamespace(time=lambda: now))
    clients = {"anybody": Client()}
    for name in ("director", "supervisor", "health", "head", "street"):
        clients[name] = Client()
        clients[name].force_login(cast[name])
        clients[name].get("/accounts/sessions/")  # the first request of a session writes its times
    for register in all_registers():
        first = register.model._default_manager.filter(community=house.kuocang).first()
        add_related_rows(first, house, cast["staff"].pk, 1)
    small = measure(clients, samples, house)
    grow(house, cast["staff"].pk)
    large = measure(clients, samples, house)
    assert small.keys() <= large.keys()
    # A household of one cannot be split: such pages are there for the larger house only.
    counts_by_page = {name: [small.get(name, large[name]), large[name]] for name in large}
    growing = {
        name: counts
        for name, counts in counts_by_page.items()
        if counts[0] != counts[1] and name not in GROWS
    }
    assert growing == {}, "asks more often with more rows: a query inside a loop"
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
