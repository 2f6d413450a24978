"""Sample URLs: every route of the resolver with arguments of existing rows, for tests that walk all pages."""

import datetime
import re
import uuid
from dataclasses import asdict
from functools import cache

from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from community.accounts.models import Absence
from community.activities.models import Activity, Attendance
from community.ballots.models import Ballot
from community.bulletins.models.bulletin import AidRecipient, Bulletin
from community.finance.models import FinanceReview
from community.forwarded.models import Forwarded
from community.notices.models import PublicNotice
from community.objections.models import Objection
from community.people.models import Person
from community.phones.models import Phone
from community.tasks.models import Task
from community.venues.models import Venue
from partybuilding.donations.models import DonationUse
from portal.attachments.models import Attachment
from portal.bulk_change.models import BulkChange
from portal.exports.models import SensitiveExport
from portal.form_filling import sandboxed
from portal.form_filling.protocol import request_of_words
from portal.importing.models import ImportBatch
from portal.jobs.models import Job
from portal.registers.registry import all_registers
from portal.saved_lists.models import SavedList
from portal.working_days.models import SpecialDay
from residents.form_filling.fields import words
from residents.form_filling.models import FormFilling
from residents.head_reports.models import ChangeReport
from residents.health.actions import FollowUpFindings
from residents.health.models import FollowUp, HealthNotice, HealthRecord
from residents.homes.models import Residence
from residents.merging.models import PersonMerge
from tests.blank_forms import FORMS


def sample_arguments(house, cast) -> dict:
    """Values of URL parameters, all of kuocang; `first` is the stairwell of `head` and `group`."""
    month = datetime.date(2025, 1, 1)
    bulletin = Bulletin.objects.create(community=house.kuocang, month=month)
    recipient = AidRecipient.objects.create(
        community=house.kuocang, bulletin=bulletin, person=house.person, aid="临时救助", amount=500
    )
    report = ChangeReport.objects.create(
        community=house.kuocang,
        stairwell=house.first,
        dwelling=house.dwelling,
        person=house.person,
        what="move_out",
        on=month,
        proposer=cast["head"],
        state="returned",
        reviewer=cast["staff"],
        reviewed_at=timezone.now(),
        reason="请补充日期",
    )
    notice = PublicNotice.objects.create(community=house.kuocang, title="公开", posted_on=month, until=month)
    objection = Objection.objects.create(
        community=house.kuocang, notice=notice, text="金额不对", code_hash=b"1", objected_at=timezone.now()
    )
    record = HealthRecord(community=house.kuocang, person=house.person, opened_on=month, next_due=month)
    record.put({"diseases": ["diabetes"], "note": ""})
    record.save()
    follow_up = FollowUp(community=house.kuocang, record=record, on=month, by=cast["health"])
    follow_up.put(asdict(FollowUpFindings(found="稳定")))
    follow_up.save()
    health_notice = HealthNotice(
        community=house.kuocang,
        kind="infectious",
        person=house.person,
        noticed_at=timezone.now(),
        due_at=timezone.now() + datetime.timedelta(hours=2),
        noticed_by=cast["health"],
    )
    health_notice.put({"grade": "a", "disease": "霍乱", "text": ""})
    health_notice.save()
    return {
        "community": "kuocang",
        "forwarded": Forwarded.objects.order_by("pk").first().uuid,
        "record": record.uuid,
        "follow_up": follow_up.uuid,
        "notice_row": health_notice.uuid,
        "code": "kuocang",
        "notice": notice.uuid,
        "objection": objection.uuid,
        "month": month,
        "number": 1,
        "recipient": recipient.uuid,
        "stairwell": house.first.uuid,
        "dwelling": house.dwelling.uuid,
        "building": house.building.uuid,
        "person": house.person.uuid,
        "task": Task.objects.filter(community=house.kuocang).first().uuid,
        "activity": Activity.objects.filter(community=house.kuocang).first().uuid,
        "attendance": Attendance.objects.filter(community=house.kuocang).first().uuid,
        "ballot": Ballot.objects.filter(community=house.kuocang).first().uuid,
        "ballot_kind": "election",
        "step": "note",
        "path_step": "talk",
        "year": 2025,
        "other": _double_of(house.person, house.household).uuid,
        "check": "birth-double",
        "household": house.household.uuid,
        "report": report.uuid,
        "photo": _attached(report, cast["head"]).uuid,
        "what": "move_out",
        "entry": SpecialDay.objects.create(day=datetime.date(2027, 7, 1), is_working=False, label="台风").pk,
        "absence": Absence.objects.create(
            community=house.kuocang,
            user=cast["director"],
            deputy=cast["civil"],
            start=datetime.date(2030, 1, 1),
            end=datetime.date(2030, 1, 2),
            set_by=cast["director"],
        ).uuid,
        "assignment": cast["civil"].assignments.get().pk,
        "director": cast["director"].assignments.get(community=house.kuocang).pk,
        "holder": cast["supervisor"].assignments.get().pk,
        "official": cast["street"].assignments.get().pk,
        "job": uuid.uuid4(),
        "app": "residents",
        "area": "people",
        "noun": "person",
        "saved": SavedList.objects.create(
            community_id=house.kuocang.id,
            user_id=cast["staff"].pk,
            changed_by=cast["staff"].pk,
            register="residents:person",
            name="80岁以上老人",
            query="age=80-",
            shared=True,
        ).uuid,
        "export": SensitiveExport.objects.create(
            community_id=house.kuocang.id,
            user_id=cast["staff"].pk,
            title="居民名单",
            state=SensitiveExport.State.WAITING,
            url="/c/kuocang/",
        ).uuid,
        "token": "x" * 20,
        "phone": Phone.objects.create(
            community=house.kuocang, user=cast["head"], link_hash="x", link_until=timezone.now()
        ).pk,
        "session": "0" * 16,
        "key": "residents.people.living.closing",
        "table": "pyramid",
        "chart": "residents.doors.doors",
        "file": uuid.uuid4(),
        "filling": sample_filling(house, cast).uuid,
        "remark": uuid.uuid4(),
        "review": FinanceReview.objects.get(community=house.kuocang).uuid,
        "rule": "elder",
        "venue": Venue.objects.filter(community=house.kuocang).first().uuid,
    }


def _double_of(person, household) -> Person:
    """A duplicate of a person, in the same household."""
    double = Person.objects.create(
        community=person.community,
        name=person.name,
        birth_date=person.birth_date,
        birth_precision=person.birth_precision,
    )
    Residence.objects.create(
        community=person.community, person=double, household=household, kind=household.kind
    )
    return double


@cache
def _blank_form() -> dict:
    """The analysed layout of a blank roster."""
    return sandboxed.parse(FORMS["居民花名册"].make(), "", **request_of_words(words()))[0]["form"]


def sample_filling(house, cast):
    """The director's form, matched and with its people chosen."""
    filling = FormFilling(
        community=house.kuocang,
        user=cast["director"],
        file_name="花名册.xlsx",
        form=_blank_form(),
        how="filter",
    )
    filling.sheet = filling.form["layouts"][0]["sheet"]
    filling.fields = [field or "" for field in FORMS["居民花名册"].fields.values()]
    filling.save()
    return filling


def register_of(name: str):
    return next((r for r in all_registers() if name.startswith(f"{r.label}_")), None)


def sample_row(name: str, house, community=None):
    """The sample row of a register, of `community` if that has one."""
    register = register_of(name)
    if name == "residents:merge_undo":
        return PersonMerge.objects.filter(community=house.kuocang).first().uuid
    if name.startswith(("partybuilding:party_body", "partybuilding:branch_year")):
        return house.branch.uuid
    if name == "partybuilding:donationuse_of_entry":
        return DonationUse.objects.get(community=house.kuocang).entry.uuid
    if register is None:
        return house.person.uuid
    everything = register.model._default_manager.all()
    row = everything.filter(community=community).first() if community else None
    return (row or everything.filter(community=house.kuocang).first()).uuid


def _sample_batch(name: str, house, cast):
    """An import batch of the page's register, being validated."""
    owner = {"community_id": house.kuocang.id, "user_id": cast["staff"].id}
    return ImportBatch.objects.create(
        **owner,
        register=register_of(name).label,
        file_name="x.xlsx",
        state=ImportBatch.State.CHECKING,
        job=Job.objects.create(**owner, title="检查表格"),
    ).uuid


def _sample_bulk(name: str, house, cast):
    """A bulk change that has been begun."""
    return BulkChange.objects.create(
        community_id=house.kuocang.id, user_id=cast["staff"].id, register=register_of(name).label
    ).uuid


def _sample_attachment(name: str, house, cast):
    """An attachment of the page's row. Its file is missing, which the page answers with a sentence."""
    row = register_of(name).model._default_manager.filter(community=house.kuocang).first()
    return _attached(row, cast["staff"]).uuid


def _attached(row, user) -> Attachment:
    return Attachment.objects.create(
        community_id=row.community_id,
        user_id=user.id,
        subject=row._meta.label,
        row_id=row.pk,
        name="附件.pdf",
        stored=f"attachments/{uuid.uuid4()}.pdf",
        size=1,
        digest=uuid.uuid4().hex,
    )


def patterns(resolver=None, namespace="", prefix=""):
    """Name and route of all URLs."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner, route)
        else:
            yield f"{namespace}{pattern.name}", route


URLS = sorted(patterns())


def addresses_of(samples: dict, house, cast, community=None) -> list[tuple[str, str, str]]:
    """Name, route and an address of every URL; in another `community` than the first with the rows that it has."""
    addresses = []
    for name, route in URLS:
        parameters = re.findall(r"<(?:\w+:)?(\w+)>", route)
        values = samples | {"row": sample_row(name, house, community)}
        if community:
            values |= {"community": community.code, "code": community.code}
        if "batch" in parameters:
            make = _sample_bulk if "_bulk_" in name else _sample_batch
            values["batch"] = make(name, house, cast)
        if "attachment" in parameters:
            values["attachment"] = _sample_attachment(name, house, cast)
        kwargs = {parameter: values[parameter] for parameter in parameters}
        addresses.append((name, route, reverse(name, kwargs=kwargs)))
    return addresses
