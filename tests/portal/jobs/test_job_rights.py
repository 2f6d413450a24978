"""A job is not done for a user who lost the right after starting it: every kind of job, every way to lose it."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.utils import timezone
from procrastinate.contrib.django import app

from community.accounts.models import RoleAssignment, User
from community.bodies.models import Body
from community.bulletins.actions.workflow import start_bulletin
from community.communities.models import Community
from community.people.models import Person
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.bulk_change.models import BulkChange
from portal.exports.models import GeneratedFile
from portal.importing.models import ImportBatch
from portal.jobs.jobs import NO_RIGHT, RIGHTS_BY_TASK, enqueue
from portal.jobs.models import Job
from tests.imports import run_jobs

pytestmark = pytest.mark.django_db
PEOPLE = "residents:person"


def batch(model, **values):
    def arguments(owner: dict) -> dict:
        return {"batch_id": model.objects.create(**owner, register=PEOPLE, **values).pk}

    return arguments


def generated_file(register: str = PEOPLE, **parameters):
    def arguments(owner: dict) -> dict:
        if "ids" in parameters:
            parameters["ids"] = list(
                Person.objects.filter(community_id=owner["community_id"]).values_list("pk", flat=True)
            )
        job = Job.objects.create(**owner, title="表格")
        file = GeneratedFile.objects.create(
            **owner, register=register, name="表格", extension="xlsx", parameters=parameters, job=job
        )
        return {"file_uuid": str(file.uuid)}

    return arguments


def slips(owner: dict) -> dict:
    """Those of a new party member."""
    of_community = {"community_id": owner["community_id"]}
    branch = Body.objects.create(**of_community, kind="branch", name=f"支部{uuid.uuid4()}")
    person = Person.objects.create(**of_community, name="李党员")
    member = Member.objects.create(**of_community, branch=branch, person=person)
    return generated_file("partybuilding:member", slips=[str(member.pk)])(owner)


def bulletin(owner: dict) -> dict:
    community = Community.objects.get(pk=owner["community_id"])
    draft = start_bulletin(
        community=community, month=timezone.localdate(), by=User.objects.get(pk=owner["user_id"])
    )
    return {"bulletin_id": draft.pk, "seen": draft.version}


ARGUMENTS = {
    "portal.check_import": batch(ImportBatch, file_name="花名册.xlsx"),
    "portal.apply_import": batch(ImportBatch, file_name="花名册.xlsx"),
    "portal.undo_import": batch(ImportBatch, file_name="花名册.xlsx"),
    "portal.check_bulk": batch(BulkChange, field="note"),
    "portal.apply_bulk": batch(BulkChange, field="note"),
    "portal.undo_bulk": batch(BulkChange, field="note"),
    "portal.write_export": generated_file(query="", columns=["name"]),
    "portal.make_ledger": generated_file(columns=["name"], ids=[], title="名册", condition=""),
    "community.publish_bulletin": bulletin,
    "partybuilding.print_slips": slips,
    "residents.check_soundness": lambda owner: {},
    "residents.fill_form": generated_file(filling=str(uuid.uuid4())),
    "residents.fill_form_in_full": lambda owner: {"filling_uuid": str(uuid.uuid4())},
}
"""Kind of job → function that makes the arguments of one a director may have started."""


def yesterday() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=1)


def roles_of(user):
    return RoleAssignment.objects.filter(user=user)


LOST = {
    "ended": lambda user: roles_of(user).update(end=yesterday()),
    "another role": lambda user: roles_of(user).update(role="mediator"),
    "elsewhere": lambda user: roles_of(user).update(community=Community.objects.get(code="beizheng")),
    "not yet begun": lambda user: roles_of(user).update(
        start=timezone.localdate() + datetime.timedelta(days=1)
    ),
    "account closed": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "account gone": lambda user: User.objects.filter(pk=user.pk).delete(),
}


def enqueued_job(kind: str, house, user) -> Job:
    owner = {"community_id": house.kuocang.id, "user_id": user.pk}
    return enqueue(app.tasks[kind], **owner, title="试", **ARGUMENTS[kind](owner))


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
    "partybuilding.print_slips": P.BRANCH,
    "residents.check_soundness": P.PEOPLE_EDIT,
    "residents.fill_form": P.PEOPLE_EXPORT,
    "residents.fill_form_in_full": P.PEOPLE_REVEAL,
}
"""Kind of job → the right of the page that starts it, here for people."""


def test_every_kind_of_job_is_covered():
    assert RIGHTS_BY_TASK.keys() == ARGUMENTS.keys() == RIGHTS.keys(), (
        "a new kind of job needs arguments and a right here"
    )


@pytest.mark.parametrize("kind", RIGHTS_BY_TASK)
def test_job_requires_the_right_of_its_page(kind, house, cast):
    owner = {"community_id": house.kuocang.id, "user_id": cast["director"].pk}
    arguments, needs = ARGUMENTS[kind](owner), RIGHTS_BY_TASK[kind]
    if callable(needs):
        needs = needs(community_id=house.kuocang.id, **arguments)
    assert needs == RIGHTS[kind]


@pytest.mark.parametrize("kind", RIGHTS_BY_TASK)
@pytest.mark.parametrize("way", LOST)
def test_job_fails_for_users_who_lost_the_right(kind, way, house, cast):
    user = User.objects.create_user("asker", "问某")
    start = datetime.date(2024, 1, 1)
    RoleAssignment.objects.create(user=user, role="director", community=house.kuocang, start=start)
    job = enqueued_job(kind, house, user)
    LOST[way](user)
    before = events()
    assert run_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, NO_RIGHT)
    assert events() == before


@pytest.mark.parametrize("kind", RIGHTS_BY_TASK)
def test_job_runs_for_users_with_the_right(kind, house, cast):
    """Counterpart: the same jobs of a user who is still director reach their work."""
    job = enqueued_job(kind, house, cast["director"])
    assert run_jobs() == 1
    job.refresh_from_db()
    assert job.is_over
    assert job.message != NO_RIGHT
