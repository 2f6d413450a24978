"""Purge of expired rows with their history and files, the anonymous counts, and the rows that stay."""

import datetime
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from community.notices.models import PublicNotice
from community.objections.models import Objection, ObjectionAnswer
from community.people.models import Person
from community.places.models import HeadAppointment
from community.tasks.models import Task
from portal.access.db_scope import APP, PUBLIC, scope
from portal.access.permissions import Permission
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog
from portal.database.foreign_keys import relations_to
from portal.files.models import StoredFile
from portal.handover.models import Handover
from portal.importing.models import ImportBatch, ImportRow
from portal.retention import expired, purge
from portal.retention.data_categories import Retention, categories, category_of
from portal.retention.expired import expiring_categories, parts_of
from portal.retention.functions import function_name, history_keeps
from portal.retention.models import PurgeLog
from residents.care.queries import MODELS
from residents.correction_requests.models import CorrectionRequest
from residents.data_quality.models import IssueReview
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import monthly_statement, population_counts
from residents.head_reports.models import ChangeReport
from residents.homes.models import Household, Residence
from tests.test_models import EVENTS, NOUNS

pytestmark = pytest.mark.django_db
LEFT = datetime.date(2015, 3, 10)


@pytest.fixture
def past(house, cast, settings, tmp_path):
    """A family of two in kuocang: both moved in in 2010, and in 2015 one died and one moved out."""
    settings.MEDIA_ROOT = tmp_path
    for model in MODELS.values():
        model.objects.all().delete()  # those of the house ended long ago
    household = Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling)
    family = SimpleNamespace(household=household, files=[])
    for name, event in (("李四", "death"), ("王五", "move_out")):
        person = Person.objects.create(community=house.kuocang, name=name)
        stay = live_here(house, person, household, datetime.date(2010, 5, 1), LEFT, event)
        if event == "death":
            person.died_on = LEFT
            person.save()
        attach(person, cast["staff"], family.files)
        setattr(family, event, SimpleNamespace(person=person, stay=stay))
    return family


def live_here(house, person, household, start, end, what):
    """A residence with the events that began and ended it."""
    stay = Residence.objects.create(
        community=house.kuocang, person=person, household=household, kind="living", start=start, end=end
    )
    for event, on in (("move_in", start), (what, end)):
        if on:
            PopulationEvent.objects.create(
                community=house.kuocang, what=event, kind="living", person=person, residence=stay, on=on
            )
    return stay


def attach(row, user, files: list[str]) -> None:
    name = default_storage.save("attachments/aa/x.pdf", ContentFile(b"x"))
    files.append(name)
    Attachment.objects.create(
        community_id=row.community_id, user_id=user.pk, subject=row._meta.label, row_id=row.pk,
        name="x.pdf", stored=name, size=1, digest=name,
    )  # fmt: skip


def count(community, model) -> int:
    return model._base_manager.filter(community_id=community.id).count()


def test_former_residents_are_purged_with_history_and_files(house, cast, past):
    """All data of the two is purged, including history, and nothing of others; the log contains numbers only."""
    kuocang = house.kuocang
    lately = Person.objects.create(community=kuocang, name="周六")
    live_here(
        house,
        lately,
        past.household,
        datetime.date(2010, 1, 1),
        timezone.localdate().replace(day=1),
        "move_out",
    )
    neighbour = Person.objects.create(community=house.xizhigou, name="李四", died_on=LEFT)
    purged_ids = [past.death.person.pk, past.move_out.person.pk]
    before = count(kuocang, Person)
    removed = purge.purge(kuocang.id)
    assert removed["community.Person"] == 2
    assert count(kuocang, Person) == before - 2
    for model in (Person, Residence, PopulationEvent):
        events = model.pgh_event_model._base_manager
        of = "pgh_obj_id__in" if model is Person else "person_id__in"
        assert not events.filter(**{of: purged_ids}).exists(), model
    assert Person.pgh_event_model._base_manager.filter(pgh_obj_id=house.person.pk).exists()
    assert Residence.objects.filter(person__in=[house.person, lately]).count() == 2
    assert Person.objects.filter(pk=neighbour.pk).exists()  # of another community, whose turn comes with it
    assert not any(default_storage.exists(name) for name in past.files)
    assert not Attachment.objects.filter(subject="community.Person", row_id__in=purged_ids).exists()
    assert not Attachment.pgh_event_model._base_manager.filter(row_id__in=purged_ids).exists()
    log = PurgeLog.objects.get(community_id=kuocang.id, subject="community.Person")
    assert (log.rows, log.files, log.day) == (2, 2, timezone.localdate())
    assert log.events > 10
    # A second run purges nothing; another batch of the same day would add to the same log entry.
    assert purge.purge(kuocang.id)["community.Person"] == 0


@pytest.mark.parametrize("reason", ["request", "appointment", "account", "owner", "report", "back"])
def test_referenced_rows_are_not_purged(house, cast, past, reason):
    person, kuocang = past.move_out.person, house.kuocang
    if reason == "request":  # legal hold
        CorrectionRequest.objects.create(
            community=kuocang, person=person, wrong="姓名", wanted="王武", received_on=LEFT, due=LEFT,
            taken_by=cast["staff"],
        )  # fmt: skip
    elif reason == "appointment":
        HeadAppointment.objects.create(community=kuocang, person=person, area=house.group, start=LEFT)
    elif reason == "account":
        cast["head2"].person = person
        cast["head2"].save()
    elif reason == "owner":
        house.dwelling.owner = person
        house.dwelling.save()
    elif reason == "report":
        ChangeReport.objects.create(
            community=kuocang, stairwell=house.first, dwelling=house.dwelling, person=person, what="correction",
            on=LEFT, proposer=cast["head"],
        )  # fmt: skip
    else:
        live_here(house, person, past.household, datetime.date(2020, 1, 1), None, "")
    assert purge.purge(kuocang.id)["community.Person"] == 1
    assert list(Person.objects.filter(pk__in=[person.pk, past.death.person.pk])) == [person]


def test_statistics_of_past_months_do_not_change(house, past):
    moved = Person.objects.create(community=house.kuocang, name="赵七")
    other = Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling)
    first = live_here(house, moved, past.household, datetime.date(2011, 2, 1), datetime.date(2012, 2, 9), "")
    second = live_here(house, moved, other, datetime.date(2012, 2, 9), LEFT, "move_out")
    PopulationEvent.objects.filter(residence=first, on__gt=datetime.date(2012, 1, 1)).delete()
    PopulationEvent.objects.filter(residence=second, what="move_in").update(what="transfer", former=first)
    # Months with events, and the months after them.
    year_months = ((2010, 5), (2010, 6), (2011, 2), (2011, 3), (2012, 2), (2012, 3), (2015, 3), (2015, 4))
    months = [datetime.date(year, month, 1) for year, month in year_months]
    before = [monthly_statement(house.kuocang, month) for month in months]
    assert [s.moved_in for s in before] == [2, 0, 1, 0, 0, 0, 0, 0]
    assert sum(s.died for s in before) == 1
    counts = population_counts(house.kuocang, datetime.date(2014, 12, 31)).residents
    assert purge.purge(house.kuocang.id)["community.Person"] == 3
    assert [monthly_statement(house.kuocang, month) for month in months] == before
    assert population_counts(house.kuocang, datetime.date(2014, 12, 31)).residents == counts
    assert all(s.opening + s.added - s.removed == s.closing for s in before)


def test_other_registers_are_purged_by_their_own_periods(house, cast, past):
    """Reports with their hand-overs, tasks, staging and log; of objections only the author is erased."""
    kuocang, long_ago = house.kuocang, timezone.now() - datetime.timedelta(days=2000)
    common = {"stairwell": house.first, "dwelling": house.dwelling, "what": "move_in", "on": LEFT, "name": "新来",
              "proposer": cast["head"], "community": kuocang}  # fmt: skip
    decided = {"reviewer": cast["staff"], "reviewed_at": long_ago, "reason": "重复", "state": "returned"}
    old = ChangeReport.objects.create(**common, **decided)
    ChangeReport.objects.create(**common, replaces=old)  # not decided yet
    attach(old, cast["head"], past.files)
    Handover.objects.create(
        community_id=kuocang.id, user_id=cast["staff"].pk, subject="residents.ChangeReport", row_id=old.pk,
        label="任务", url_name="community:task_detail", state="待办",
    )  # fmt: skip
    Task.objects.create(
        community=kuocang, title="旧任务", given_by=cast["staff"], state="done", result="已办", closed_by=cast["staff"],
        closed_on=long_ago.date(),
    )  # fmt: skip
    batch = ImportBatch.objects.create(
        community_id=kuocang.id, register="residents:person", file_name="x.xlsx"
    )
    ImportRow.objects.create(community_id=kuocang.id, batch=batch, sheet="一", number=1, verdict="new")
    ImportBatch.objects.update(created_at=long_ago)
    AccessLog.objects.create(
        community_id=kuocang.id,
        user_id=cast["staff"].pk,
        action="reveal",
        subject="community.Person",
        ids=[1],
    )
    AccessLog.objects.update(at=long_ago)
    notice = PublicNotice.objects.create(community=kuocang, title="公开", posted_on=LEFT, until=LEFT)
    objection = Objection.objects.create(
        community=kuocang, notice=notice, name="钱八", contact="13900000000", text="不对", code_hash=b"1",
        objected_at=long_ago,
    )  # fmt: skip
    ObjectionAnswer.objects.create(
        community=kuocang, objection=objection, notice=notice, gist="一", text="二",
        answered_by=cast["supervisor"], answered_at=long_ago,
    )  # fmt: skip
    with scope(APP, communities=[kuocang.id], rights=list(Permission)):
        counts = expired.expired_counts(kuocang.id)
    removed = purge.purge(kuocang.id)
    expected = {
        "residents.ChangeReport": 1, "community.Task": 1, "portal.ImportBatch": 1, "portal.AccessLog": 1,
        "community.Objection": 1, "community.Person": 2,
    }  # fmt: skip
    assert {label: n for label, n in removed.items() if n} == expected
    assert {label: n for label, n in counts.items() if n} == expected
    assert not Handover.objects.exists()
    assert not ImportRow.objects.exists()
    assert not StoredFile.objects.exists()
    assert ChangeReport.objects.get().replaces is None
    assert not default_storage.exists(past.files[-1])
    objection.refresh_from_db()
    assert (objection.name, objection.contact, objection.text) == ("", "", "不对")


def test_history_of_rows_deleted_long_ago_is_purged(house, past):
    """The history of a deleted row is kept as long as the row would have been."""
    history = Person.pgh_event_model._base_manager
    keys = []
    for name in ("吴九", "郑十"):
        person = Person.objects.create(community=house.kuocang, name=name)
        keys.append(person.pk)
        person.delete()
    history.filter(pgh_obj_id=keys[0]).update(pgh_created_at=timezone.now() - datetime.timedelta(days=2000))
    purge.purge(house.kuocang.id)
    assert set(history.filter(pgh_obj_id__in=keys).values_list("pgh_obj_id", flat=True)) == {keys[1]}


def test_command_counts_first_and_purges_when_confirmed(client, house, cast, past, capsys):
    call_command("purge", "--dry-run")
    assert "括苍社区：居民 2" in capsys.readouterr().out
    assert Person.objects.filter(pk=past.death.person.pk).exists()
    client.force_login(cast["director"])
    page = client.get("/c/kuocang/retention/")
    assert [line["expired"] for line in page.context["lines"] if line["category"].name == "居民"] == [2]
    call_command("purge")
    assert "括苍社区：居民 2" in capsys.readouterr().out
    assert not Person.objects.filter(pk=past.death.person.pk).exists()
    assert "2 条，2 个文件" in client.get("/c/kuocang/retention/").content.decode()


# The functions


def _call(role, community_id: int, months: int, **reach) -> None:
    name = function_name(category_of(Person))
    with transaction.atomic(), scope(role, **reach), connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{name}"(%s, %s, 100)', [community_id, months])


def test_purge_functions_refuse_other_communities_and_shorter_periods(house, past):
    """Not in another community, not before the period ends, not without the right to write, not by the public role."""
    own_scope = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    neighbour = {"communities": [house.xizhigou.id], "write": [house.xizhigou.id]}
    for role, months, reach in (
        (APP, 60, neighbour),
        (APP, 59, own_scope),
        (APP, 60, {"communities": [house.kuocang.id]}),
        (PUBLIC, 60, own_scope),
    ):
        with pytest.raises(ProgrammingError):
            _call(role, house.kuocang.id, months, **reach)
    # A longer period than declared is allowed, and matches nobody here.
    _call(APP, house.kuocang.id, 12 * 40, **own_scope)
    assert Person.objects.filter(pk=past.death.person.pk).exists()
    _call(APP, house.kuocang.id, 60, **own_scope)
    assert not Person.objects.filter(pk=past.death.person.pk).exists()


def test_every_table_with_personal_data_has_a_retention_policy():
    declared = {model for category in categories() for model in category.models}
    declared |= {part.model for category in expiring_categories() for part in parts_of(category)}
    classes = {"secret", "restricted", "personal"}
    personal = {model for model in NOUNS if classes & set(model.field_classes)}
    assert personal - declared == set(), "retention of their register, or declare() in retention.py"
    portals = set(apps.get_app_config("portal").get_models()) - set(EVENTS)
    assert {model.__name__ for model in portals - declared} == WITHOUT_PEOPLE
    for category in categories():
        assert category.purpose, category.name
        assert str(category.retention), category.name
    labels = [category.label for category in categories()]
    assert len(labels) == len(set(labels))
    assert set(labels) == CATEGORIES


CATEGORIES = {
    "community.Activity", "community.Agreement", "partybuilding.Appraisal", "partybuilding.Donation", "partybuilding.Donor", "partybuilding.DutyCheckIn", "partybuilding.DutyClaim",
    "partybuilding.Election", "partybuilding.JointInvitation", "partybuilding.Member",
    "services.CategoryOwner", "services.DeputyInspection", "services.Proposal", "services.ReplyTemplate", "services.Request", "community.Absence",
    "community.FinanceEntry", "community.FinanceMonth", "community.Forwarded", "services.StaffComplaint",
    "community.IssueList", "community.StockSlip", "community.Stocktake", "partybuilding.GoodsDonation",
    "community.AidRecipient", "community.Body", "community.BodyMember", "community.Bulletin", "community.HeadAppointment", "community.Objection",
    "community.Person", "community.Phone", "community.PostHolder", "community.Task", "community.Unit", "community.User",
    "community.VenueBooking",
    "portal.AccessLog", "portal.Attachment", "portal.BulkChange", "portal.Draft", "portal.HandedOver", "portal.ImportBatch",
    "portal.MadeFile", "portal.OwnLinks", "portal.Release", "portal.SavedList", "portal.StoredFile", "residents.CareChild", "residents.ChangeReport",
    "residents.CorrectionRequest", "residents.Disability", "residents.Dwelling", "residents.Elder",
    "residents.FindingReview", "residents.FormFilling", "residents.HealthNotice", "residents.HealthRecord",
    "residents.Household", "residents.LowIncome", "residents.Maternal", "residents.PersonMerge",
    "residents.PopulationEvent", "residents.Retiree", "residents.SpecialCare", "residents.Unemployed",
    "residents.Verification", "residents.Visit",
}  # fmt: skip
"""Labels of all categories: on the retention page, and each with a period has a purge function of this name.

One that vanishes from here (a declaration that is no longer imported) would never be purged.
"""

WITHOUT_PEOPLE = {
    "Backup", "DeadlineUpdate", "ImportMapping", "Job", "KeyCheck", "ListPreference", "PublicChange", "PurgeLog", "RateCounter", "Reminder",
    "SpecialDay", "Submission", "TodoCount",
}  # fmt: skip
"""Portal's tables without personal data of residents."""


def test_every_retention_period_has_a_purge_function(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname ^@ 'portal_purge_'")
        present = {name for (name,) in cursor.fetchall()}
    periods = {
        function_name(one)
        for category in categories()
        if isinstance(category.retention, Retention)
        for one in category.by_period
    }
    assert present == periods


def test_what_is_recorded_about_other_rows_stays(house, cast, past):
    """Hand-overs and reviews are found by model and key: those of the purged row go, those of others stay."""
    gone, stays = past.death.person, house.person
    owner = {"community_id": house.kuocang.id, "user_id": cast["staff"].pk, "url_name": "x", "state": "待办"}
    for number, person in enumerate((gone, stays)):
        Handover.objects.create(**owner, subject=Person.stored_label, row_id=person.pk, label=f"给{number}")
        # The source's record of a row that was handed over.
        Handover.objects.create(
            **owner, subject=Task.stored_label, row_id=number, label=f"自{number}", uuid=person.uuid
        )
        IssueReview.objects.create(
            community=house.kuocang, finding="birth-double", subject=Person.stored_label, row_id=person.pk,
            name=person.name, mark="1", reason="无误", by=cast["staff"],
        )  # fmt: skip
    purge.purge(house.kuocang.id)
    assert sorted(Handover.objects.values_list("label", flat=True)) == ["给1", "自1"]
    assert list(IssueReview.objects.values_list("row_id", flat=True)) == [stays.pk]


def test_referencing_rows_are_purged_before_referenced_ones():
    place = {
        model: number
        for number, category in enumerate(expired.expiring_categories())
        for model in category.models
    }
    pairs = [(key.model, model) for model in place for key in relations_to(model) if key.model in place]
    assert len(pairs) > 20
    assert [(a, b) for a, b in pairs if place[a] > place[b]] == []


def test_what_history_keeps_is_not_erased():
    """Erasing a text from its row would leave it in the history."""
    assert history_keeps(Person, ("name", "phone"))
    assert not history_keeps(Objection, ("name", "contact"))
