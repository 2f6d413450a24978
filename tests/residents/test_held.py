"""What a resident is told of what is held about them (个人信息查询)."""

import datetime
import html
import re

import pytest
from django.template.loader import render_to_string

from community.models import Person
from portal import sealing
from portal.access import Access
from portal.models import AccessLog, Attachment
from portal.scope import APP, scope
from residents.held import held_about, reached
from residents.models import CareChild, ChangeReport, Disability, LowIncome, Residence
from tests.house import PASSWORD
from tests.portal.test_models import NOUNS
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db

ABOUT_NO_RESIDENT = {
    "FindingReview",  # that a clerk looked at a finding; it goes as soon as the row changes
    "BulletinBasis",  # who was counted in a published month: ids, by which late changes are told
    "Bulletin", "BulletinCorrection", "BulletinEditor", "BulletinFile", "BulletinMark", "BulletinReading",
    "BulletinRemark", "DisclosureWaiver", "RemarkAnswer",  # who of the committee did what to a bulletin
    "Objection",  # nobody's row: whoever objects may stay unnamed, and is not looked up in the register
    "Task",  # what the committee does; a person it came from finds it as 转办
    "Unit",  # the contact of an organisation, not looked up in the register either
}  # fmt: skip
"""Tables with personal data that do not lead to a person of the register, and why."""


def test_the_walk_reaches_every_table_that_says_something_of_people():
    classes = {"secret", "restricted", "personal"}
    personal = {model for model in NOUNS if classes & set(model.field_classes)}
    assert {model.__name__ for model in personal - reached().keys()} == ABOUT_NO_RESIDENT


@pytest.fixture
def family(house, cast):
    """What is held of 张三, of which not everything is for everybody who might print it."""
    number = resident_id()
    house.person.put_id("resident_id", number, "3301**************")
    house.person.phone = "13912345678"
    house.person.save()
    wife = Person.objects.create(community=house.kuocang, name="欧阳娜娜")
    Residence.objects.create(community=house.kuocang, person=wife, household=house.household, kind="living")
    LowIncome.objects.create(
        community=house.kuocang, household=house.household, applicant=wife, certificate="D-7"
    )
    disability = Disability(community=house.kuocang, person=house.person, kind="4", grade="2")
    sealing.put_secret(disability, "certificate", f"{number}42")
    disability.save()
    CareChild.objects.create(community=house.kuocang, person=wife, kind="left", school="别人的学校")
    ChangeReport.objects.create(
        community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, what="split",
        on=datetime.date(2026, 1, 1), proposer=cast["head"], people=[str(house.person.uuid)], note="楼道长说的话",
    )  # fmt: skip
    Attachment.objects.create(
        community_id=house.kuocang.id, user_id=cast["staff"].pk, subject="community.Person", row_id=house.person.pk,
        name="身份证复印件.pdf", stored="x", size=1, digest="x",
    )  # fmt: skip
    log = {"community_id": house.kuocang.id, "user_id": cast["director"].pk, "subject": "community.Person"}
    AccessLog.objects.create(**log, action="export", ids=[house.person.pk, wife.pk], reason="报送街道")
    AccessLog.objects.create(**log, action="reveal", ids=[wife.pk], reason="与张三无关的理由")
    return number


def _ask(client, house, user, **given):
    client.force_login(user)
    return client.post(
        f"/c/kuocang/people/{house.person.uuid}/held/",
        {"asked_by": "self", "checked": "核对身份证原件", "password": PASSWORD} | given,
    )


@pytest.fixture
def quick_pdf(monkeypatch):
    """The words of the document in place of a PDF, whose three typefaces take seconds to lay out."""

    def words(template: str, context: dict) -> bytes:
        text = html.unescape(re.sub(r"<[^>]*>", "", render_to_string(template, context)))
        return "".join(text.split()).encode()

    monkeypatch.setattr("residents.views.held.render_pdf", words)


def test_the_pdf_tells_what_is_held_masked_and_who_saw_it(client, house, cast, family, quick_pdf):
    answer = _ask(client, house, cast["civil"])
    assert answer["Content-Type"] == "application/pdf"
    text = answer.content.decode()
    for told in (
        "3301**************", "13912345678", "D-7", "肢体残疾", "二级", "楼道长说的话", "身份证复印件.pdf", "欧阳*",
        "报送街道", "共2条记录", "社区主任", "本人查询，核对身份证原件", "向本人提供", "迁出或去世后保存五年",
        "1970年3月1日",
    ):  # fmt: skip
        assert told in text, told
    # No secret, nobody else's name or row, no name of staff, nothing that others were looked up for.
    for other in (family, "娜娜", "别人的学校", "director某", "staff某", "与张三无关的理由"):
        assert other not in text, other
    entry = AccessLog.objects.get(action="given")
    assert (entry.user_id, entry.ids, entry.reason) == (
        cast["civil"].pk, [house.person.pk], "本人查询，核对身份证原件",
    )  # fmt: skip
    assert answer["Cache-Control"] == "no-store"


def test_what_the_maker_may_not_see_is_left_out_and_named(house, cast, family):
    """Staff do not hold the care registers: whether there is an entry is not told, only who would know."""
    access, community = Access.of(cast["staff"]), house.kuocang.ref
    with scope(APP, communities=[community.id], user_id=cast["staff"].pk):
        held = held_about(house.person, access, community)
    titles = {section.title for section in held.sections}
    assert {"人员", "居住关系", "户", "人口变动", "楼道长任免", "更正申请", "变动上报"} <= titles
    assert not titles & {"低保", "残疾人"}
    assert {"低保", "残疾人", "困境儿童"} <= set(held.withheld)
    assert "低保" not in {line.where for line in held.changes}


def test_a_former_member_learns_nothing_of_the_households_later_entries(house, cast, family):
    Residence.objects.filter(person=house.person).update(
        start=datetime.date(2010, 1, 1), end=datetime.date(2012, 1, 1)
    )
    LowIncome.objects.filter(applicant=house.person).delete()
    LowIncome.objects.update(start=datetime.date(2020, 1, 1))
    access, community = Access.of(cast["civil"]), house.kuocang.ref
    with scope(APP, communities=[community.id], user_id=cast["civil"].pk):
        assert "低保" not in {
            section.title for section in held_about(house.person, access, community).sections
        }


def test_nothing_is_told_without_a_checked_identity_and_the_password(client, house, cast):
    assert _ask(client, house, cast["staff"], password="wrong").status_code == 422
    assert _ask(client, house, cast["staff"], checked="").status_code == 422
    assert _ask(client, house, cast["party"]).status_code == 403
    assert not AccessLog.objects.filter(action="given").exists()
