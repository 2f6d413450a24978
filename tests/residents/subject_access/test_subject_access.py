"""Subject access report (个人信息查询, PIPL art. 45)."""

import datetime
import html
import re

import pytest
from django.template.loader import render_to_string

from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog
from portal.crypto import encrypted_fields
from residents.care.models.child import CareChild
from residents.care.models.disability import Disability
from residents.care.models.low_income import LowIncome
from residents.head_reports.models import ChangeReport
from residents.homes.models import Residence
from residents.subject_access.report import person_lookups, report_on
from tests.house import PASSWORD
from tests.test_models import NOUNS
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db

ABOUT_NO_RESIDENT = {
    "IssueReview",  # a clerk's review of an issue; deleted as soon as the row changes
    "BulletinBasis",  # ids counted in a published month, to recognise late changes
    "Bulletin", "BulletinCorrection", "BulletinEditor", "BulletinFile", "BulletinMark", "BulletinReading",
    "BulletinRemark", "DisclosureWaiver", "RemarkAnswer",  # acts of committee members on a bulletin
    "Absence",  # who of the committee is away
    "Body",  # a note on a committee or team; who holds its posts is told
    "StaffComplaint", "StaffComplaintStep",  # hidden from whom they are about; the complainant has a code
    "Forwarded", "ForwardedAnswer",  # copies for the street, sealed; the request is told
    "HotlineOrder",  # the number that the hotline gave a request, which is told
    "DeputyInspection", "Proposal", "ProposalStep",  # deputies in their function
    "ReplyTemplate",  # texts without people
    "CategoryOwner",  # who of the committee works on which requests
    "Objection",  # objectors may stay anonymous, and are not matched with the register
    "Task",  # work of the committee; for the person it came from it is listed as 转办
    "Activity", "Resolution", "Ballot", "JointInvitation",  # meetings; who attended, and votes for a name, are told
    "Appraisal", "Election",  # of a branch; the grades and candidacies of a person are told
    "Agreement", "Promise", "Fulfilment",  # with units, signed for them
    "IssueList", "StockSlip", "Stocktake", "StocktakeLine",  # goods; what a person received or gave is told
    "VenueBooking",  # whoever asks for a venue has a code, and is not matched with the register
    "FinanceEntry", "FinanceMonth", "FinanceReview",  # the book: acts of committee members; payees are texts, not matched
    "Unit",  # the contact of an organisation, not matched with the register either
}  # fmt: skip
"""Tables with personal data that are not linked to a person of the register, and why."""


def test_subject_access_report_covers_every_table_with_personal_data():
    classes = {"secret", "restricted", "personal"}
    personal = {model for model in NOUNS if classes & set(model.field_classes)}
    assert {model.__name__ for model in personal - person_lookups().keys()} == ABOUT_NO_RESIDENT


@pytest.fixture
def family(house, cast):
    """Data about 张三 under different rights."""
    number = resident_id()
    house.person.set_id("resident_id", number, "3301**************")
    house.person.phone = "13912345678"
    house.person.save()
    wife = Person.objects.create(community=house.kuocang, name="欧阳娜娜")
    Residence.objects.create(community=house.kuocang, person=wife, household=house.household, kind="living")
    LowIncome.objects.create(
        community=house.kuocang, household=house.household, applicant=wife, certificate="D-7"
    )
    disability = Disability(community=house.kuocang, person=house.person, kind="4", grade="2")
    encrypted_fields.put_secret(disability, "certificate", f"{number}42")
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


def _ask(client, house, user, **data):
    client.force_login(user)
    return client.post(
        f"/c/kuocang/people/{house.person.uuid}/held/",
        {"asked_by": "self", "checked": "核对身份证原件", "password": PASSWORD} | data,
    )


@pytest.fixture
def quick_pdf(monkeypatch):
    """Return the text instead of a PDF, whose three typefaces take seconds to lay out."""

    def words(template: str, context: dict) -> bytes:
        text = html.unescape(re.sub(r"<[^>]*>", "", render_to_string(template, context)))
        return "".join(text.split()).encode()

    monkeypatch.setattr("residents.subject_access.views.render_pdf", words)


def test_report_pdf_lists_data_masked_and_accesses(client, house, cast, family, quick_pdf):
    answer = _ask(client, house, cast["civil"])
    assert answer["Content-Type"] == "application/pdf"
    text = answer.content.decode()
    for sentence in (
        "3301**************", "13912345678", "D-7", "肢体残疾", "二级", "楼道长说的话", "身份证复印件.pdf", "欧阳*",
        "报送街道", "共2条记录", "社区主任", "本人申请，核对身份证原件", "向本人提供", "迁出或去世后保存五年",
        "1970年3月1日",
    ):  # fmt: skip
        assert sentence in text, sentence
    # No decrypted value, no other person's name or row, no staff name, no access to other people.
    for other in (family, "娜娜", "别人的学校", "director某", "staff某", "与张三无关的理由"):
        assert other not in text, other
    entry = AccessLog.objects.get(action="given")
    assert (entry.user_id, entry.ids, entry.reason) == (
        cast["civil"].pk, [house.person.pk], "本人申请，核对身份证原件",
    )  # fmt: skip
    assert answer["Cache-Control"] == "no-store"


def test_data_without_right_is_omitted_and_named(house, cast, family):
    """Staff lack the right to care registers: the report does not state whether there is an entry, only whom to ask."""
    access, community = Access.of(cast["staff"]), house.kuocang.ref
    with scope(APP, communities=[community.id], user_id=cast["staff"].pk):
        report = report_on(house.person, access, community)
    titles = {section.title for section in report.sections}
    assert {"居民", "居住与户籍", "家庭户", "人口变动", "任免记录", "更正申请", "变动上报"} <= titles
    assert not titles & {"低保户", "残疾人"}
    assert {"低保", "残疾人", "困境儿童"} <= set(report.omitted)
    assert "低保户" not in {line.where for line in report.changes}


def test_former_member_gets_no_later_entries_of_the_household(house, cast, family):
    Residence.objects.filter(person=house.person).update(
        start=datetime.date(2010, 1, 1), end=datetime.date(2012, 1, 1)
    )
    LowIncome.objects.filter(applicant=house.person).delete()
    LowIncome.objects.update(start=datetime.date(2020, 1, 1))
    access, community = Access.of(cast["civil"]), house.kuocang.ref
    with scope(APP, communities=[community.id], user_id=cast["civil"].pk):
        assert "低保" not in {
            section.title for section in report_on(house.person, access, community).sections
        }


def test_report_requires_identity_check_and_password(client, house, cast):
    assert _ask(client, house, cast["staff"], password="wrong").status_code == 422
    assert _ask(client, house, cast["staff"], checked="").status_code == 422
    assert _ask(client, house, cast["party"]).status_code == 403
    assert not AccessLog.objects.filter(action="given").exists()
