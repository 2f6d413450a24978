"""Who lost the right gets no job done that was begun before: every kind of job, every way to lose it."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.utils import timezone
from procrastinate.contrib.django import app

from community.actions.bulletin import start_bulletin
from community.models import Community, Person, RoleAssignment, User
from portal.jobs import KINDS, NO_RIGHT, enqueue
from portal.models import BulkChange, ImportBatch, Job, MadeFile
from portal.permissions import Permission as P
from tests.imports import run_jobs

pytestmark = pytest.mark.django_db
PEOPLE = "residents:person"


def batch(model, **values):
    def arguments(here: dict) -> dict:
        return {"batch_id": model.objects.create(**here, register=PEOPLE, **values).pk}

    return arguments


def made_file(**wish):
    def arguments(here: dict) -> dict:
        if "ids" in wish:
            wish["ids"] = list(
                Person.objects.filter(community_id=here["community_id"]).values_list("pk", flat=True)
            )
        job = Job.objects.create(**here, title="表格")
        file = MadeFile.objects.create(
            **here, register=PEOPLE, name="表格", extension="xlsx", wish=wish, job=job
        )
        return {"file_uuid": str(file.uuid)}

    return arguments


def bulletin(here: dict) -> dict:
    community = Community.objects.get(pk=here["community_id"])
    draft = start_bulletin(
        community=community, month=timezone.localdate(), by=User.objects.get(pk=here["user_id"])
    )
    return {"bulletin_id": draft.pk, "seen": draft.version}


ARGUMENTS = {
    "portal.check_import": batch(ImportBatch, file_name="花名册.xlsx", content=b""),
    "portal.apply_import": batch(ImportBatch, file_name="花名册.xlsx", content=b""),
    "portal.undo_import": batch(ImportBatch, file_name="花名册.xlsx", content=b""),
    "portal.check_bulk": batch(BulkChange, field="note"),
    "portal.apply_bulk": batch(BulkChange, field="note"),
    "portal.undo_bulk": batch(BulkChange, field="note"),
    "portal.write_export": made_file(query="", columns=["name"]),
    "portal.make_ledger": made_file(columns=["name"], ids=[], title="名册", condition=""),
    "community.publish_bulletin": bulletin,
    "residents.check_soundness": lambda here: {},
    "residents.fill_form": made_file(filling=str(uuid.uuid4())),
    "residents.fill_form_in_full": lambda here: {"filling_uuid": str(uuid.uuid4())},
}
"""Kind of job → what makes the arguments of one that a director may have begun."""


def yesterday() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=1)


def held_by(user):
    return RoleAssignment.objects.filter(user=user)


LOST = {
    "ended": lambda user: held_by(user).update(end=yesterday()),
    "another role": lambda user: held_by(user).update(role="branch"),
    "elsewhere": lambda user: held_by(user).update(community=Community.objects.get(code="beizheng")),
    "not yet begun": lambda user: held_by(user).update(
        start=timezone.localdate() + datetime.timedelta(days=1)
    ),
    "account closed": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "account gone": lambda user: User.objects.filter(pk=user.pk).delete(),
}


def asked_for(kind: str, house, user) -> Job:
    here = {"community_id": house.kuocang.id, "user_id": user.pk}
    return enqueue(app.tasks[kind], **here, title="试", **ARGUMENTS[kind](here))


def events() -> int:
    tracked = [model.pgh_event_model for model in apps.get_models() if hasattr(model, "pgh_event_model")]
    return sum(model._base_manager.count() for model in tracked)


RIGHTS = {
    "portal.check_import": P.PEOPLE_IMPORT,
    "portal.apply_import": P.PEOPLE_IMPORT,
    "portal.undo_import": P.PEOPLE_IMPORT,
    "portal.check_bulk": P.PEOPLE_EDIT,
    "portal.apply_bulk": P.PEOPLE_EDIT,
    "portal.undo_bulk": P.PEOPLE_EDIT,
    "portal.write_export": P.PEOPLE_EXPORT,
    "portal.make_ledger": P.PEOPLE_EXPORT,
    "community.publish_bulletin": P.BULLETIN_APPROVE,
    "residents.check_soundness": P.PEOPLE_EDIT,
    "residents.fill_form": P.PEOPLE_EXPORT,
    "residents.fill_form_in_full": P.PEOPLE_REVEAL,
}
"""Kind of job → the right of the page on which it is begun, here for people."""


def test_every_kind_of_job_is_tried_here():
    assert KINDS.keys() == ARGUMENTS.keys() == RIGHTS.keys(), (
        "a new kind of job needs arguments and a right here"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_is_that_of_the_page(kind, house, cast):
    here = {"community_id": house.kuocang.id, "user_id": cast["director"].pk}
    arguments, needs = ARGUMENTS[kind](here), KINDS[kind]
    if callable(needs):
        needs = needs(community_id=house.kuocang.id, **arguments)
    assert needs == RIGHTS[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", LOST)
def test_who_lost_the_right_gets_nothing_done(kind, way, house, cast):
    user = User.objects.create_user("asker", "问某")
    start = datetime.date(2024, 1, 1)
    RoleAssignment.objects.create(user=user, role="director", community=house.kuocang, start=start)
    job = asked_for(kind, house, user)
    LOST[way](user)
    before = events()
    assert run_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, NO_RIGHT)
    assert events() == before


@pytest.mark.parametrize("kind", KINDS)
def test_who_holds_the_right_is_not_told_otherwise(kind, house, cast):
    """The counterpart: the same jobs of somebody who still is director get as far as their work."""
    job = asked_for(kind, house, cast["director"])
    assert run_jobs() == 1
    job.refresh_from_db()
    assert job.is_over
    assert job.message != NO_RIGHT
