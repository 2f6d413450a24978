"""Batches: states, their transitions, jobs, and the deletion of abandoned ones, for every kind of batch."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from portal.access.user_access import Access
from portal.batches import deletion
from portal.batches.kinds import BatchKind, BatchRefused
from portal.bulk_change.models import BulkChange, BulkRow
from portal.bulk_change.tasks import BULK_CHANGE
from portal.importing.models import ImportBatch
from portal.importing.tasks import IMPORT
from portal.jobs.models import Job
from tests.imports import run_jobs

pytestmark = pytest.mark.django_db
KINDS = {"bulk": BULK_CHANGE, "import": IMPORT}
EFFECTIVE = {
    # state, applied before: effective state when the job has failed
    ("checking", False): "draft",
    ("applying", False): "checked",
    ("applying", True): "applied",
    ("undoing", True): "applied",
}
ALLOWED = {
    "draft": ("check", "discard"),
    "checking": (),
    "checked": ("check", "apply", "discard"),
    "applying": (),
    "applied": ("undo",),
    "undoing": (),
    "undone": (),
}


@pytest.fixture(params=KINDS)
def kind(request) -> BatchKind:
    return KINDS[request.param]


@pytest.fixture
def make(kind, house, cast):
    def build(state: str, **fields):
        own = {"community_id": house.kuocang.id, "user_id": cast["director"].pk}
        if state in ("checking", "applying", "undoing"):
            fields = {"job": Job.objects.create(**own, title="批次")} | fields
        if kind is BULK_CHANGE:
            fields = {"field": "note", "field_label": "备注"} | fields
        return kind.model.objects.create(**own, register="residents:person", state=state, **fields)

    return build


def test_every_kind_of_batch_is_tested():
    assert {kind.model for kind in KINDS.values()} == set(deletion.batch_models())
    assert {name: kind.model.kind for name, kind in KINDS.items()} == {name: name for name in KINDS}


@pytest.mark.parametrize("state", ALLOWED)
def test_what_each_state_allows(make, state):
    batch = make(state, applied_at=timezone.now() if state in ("applied", "undoing", "undone") else None)
    allowed = {"check": batch.may_check, "apply": batch.may_apply, "undo": batch.may_undo}
    assert {name for name, may in allowed.items() if may} == set(ALLOWED[state]) - {"discard"}
    assert batch.effective_state == state
    assert batch.is_working == (state in ("checking", "applying", "undoing"))
    assert batch.state_label
    assert batch.discard() == ("discard" in ALLOWED[state])
    assert type(batch).objects.filter(pk=batch.pk).exists() == ("discard" not in ALLOWED[state])


@pytest.mark.parametrize(("state", "was_applied"), EFFECTIVE)
def test_a_failed_job_leaves_the_batch_as_before(make, state, was_applied):
    batch = make(state, applied_at=timezone.now() if was_applied else None)
    batch.job.state = Job.State.FAILED
    batch.job.save()
    assert batch.has_failed
    assert not batch.is_working
    assert batch.effective_state == EFFECTIVE[state, was_applied]


def test_a_step_begins_once(make, kind, cast, house):
    batch, access = make("checked"), Access.of(cast["director"])
    options = {"access": access, "community": house.kuocang.ref, "title": "题" * 300}
    begun = [kind.start(batch, lambda b: b.may_apply, "applying", **options) for _ in range(2)]
    assert begun == [True, False]
    batch.refresh_from_db()
    assert (batch.state, Job.objects.get().title) == ("applying", "题" * 200)
    assert not batch.discard()


def test_a_discarded_batch_begins_nothing(make, kind, cast, house):
    batch = make("checked")
    type(batch).objects.get(pk=batch.pk).discard()
    options = {"access": Access.of(cast["director"]), "community": house.kuocang.ref, "title": "题"}
    for at_once in (False, True):
        assert not kind.start(batch, lambda b: b.may_apply, "applying", at_once=at_once, **options)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
def test_a_refused_step_fails_its_job_and_may_be_repeated(make, kind, cast, house, monkeypatch):
    def refuse(batch, register, access, community, step):
        raise BatchRefused("这一批与别的内容矛盾")

    monkeypatch.setitem(kind._steps, "applying", refuse)
    batch = make("checked")
    options = {"access": Access.of(cast["director"]), "community": house.kuocang.ref, "title": "题"}
    with transaction.atomic():
        assert kind.start(batch, lambda b: b.may_apply, "applying", **options)
    assert run_jobs() == 1
    batch = type(batch).objects.select_related("job").get(pk=batch.pk)
    assert (batch.job.state, batch.job.message) == ("failed", "这一批与别的内容矛盾")
    assert (batch.effective_state, batch.may_apply) == ("checked", True)
    with pytest.raises(BatchRefused), transaction.atomic():
        kind.start(batch, lambda b: b.may_apply, "applying", at_once=True, **options)


def test_abandoned_batches_are_deleted_by_their_kinds_limit(make, kind, house):
    limit = kind.model.abandoned_after
    batches = {state: make(state, applied_at=timezone.now()) for state in ("applied", "undone")}
    batches |= {state: make(state) for state in ("draft", "checking", "checked")}
    recent = make("draft")
    if kind is BULK_CHANGE:
        for batch in batches.values():
            BulkRow.objects.create(community_id=house.kuocang.id, batch=batch, row_id=1)
    age = (limit or datetime.timedelta(days=300)) + datetime.timedelta(hours=1)
    old = [batch.pk for batch in batches.values()]
    kind.model.objects.filter(pk__in=old).update(created_at=timezone.now() - age)
    deletion.delete_abandoned_batches()
    left = {batch.state for batch in kind.model.objects.exclude(pk=recent.pk)}
    assert left == ({"applied", "undone"} if limit else set(batches))
    assert kind.model.objects.filter(pk=recent.pk).exists()


def test_abandoned_changes_have_a_limit_and_imports_have_none():
    """Imports are removed by their retention, because their duplicates may be decided weeks later."""
    assert BulkChange.abandoned_after == datetime.timedelta(days=7)
    assert ImportBatch.abandoned_after is None
