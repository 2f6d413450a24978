"""Personal data in public texts: people of care registers and aid lists, and dwellings, are reported without a reason."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from community.bulletins.actions import workflow as steps
from community.bulletins.actions.review import waive
from community.bulletins.findings import findings_of
from community.bulletins.snapshot import take_snapshot
from community.notices.personal_data import NAME, TextPiece, scan_texts
from community.objections.actions import AnswerHasPersonalData, answer_objection, take_objection
from community.objections.models import Objection
from community.people.models import Person
from community.places.models import HeadAppointment
from residents.care.models.child import CareChild
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from residents.care.private_words import ADDRESS, dwellings_in_text
from residents.homes.addresses import PlaceWords
from residents.homes.models import Dwelling, Household, Residence
from tests.community.bulletins.drafting import MONTH, edit, publish, review, write_draft
from tests.community.conftest import quick_pdf, storage  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/bulletins/2026-10/"


def resident(house, name: str, community=None) -> Person:
    return Person.objects.create(community=community or house.kuocang, name=name)


@pytest.fixture
def disabled_person(house) -> Person:
    """欧阳娜, who has an entry in the register of disabled people."""
    person = resident(house, "欧阳娜")
    Disability.objects.create(community=house.kuocang, person=person, kind="4", grade="2")
    return person


def kinds(house, text: str) -> list[str]:
    return [
        f"{finding.kind} {finding.masked}"
        for finding in scan_texts(house.kuocang, [TextPiece("居务公开", text)])
    ]


def test_free_text_with_names_of_a_care_register_is_reported(house, cast, disabled_person, client, quick_pdf):  # noqa: F811
    """Re-identification: the aid list says 欧阳*, another board gives her name, her disability and her address."""
    draft = write_draft(house.kuocang, cast["staff"])
    draft = edit(draft, cast["staff"], party="党员看望重病的欧阳娜，她住在三幢一单元101室。")
    with pytest.raises(steps.OpenFindings, match=r"党务公开：居民姓名 欧阳\*；党务公开：住户房号 3幢\*\*\*"):
        steps.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    client.force_login(cast["staff"])
    page = client.get(URL).content.decode()
    card = page[page.index("公开前检查") : page.index("bulletin-title")]
    assert "居民姓名 欧阳*" in card
    assert not [word for word in ("残疾", "台账", "重点", "救助", "低保") if word in card], "not why"
    for finding in findings_of(draft, take_snapshot(draft)):
        waive(bulletin=draft, key=finding.key, reason="本人书面同意", by=cast["director"])
    draft.refresh_from_db()
    agreed = review(draft, cast)
    assert steps.publish(bulletin=agreed, seen_version=agreed.version, by=cast["director"]).number == 1


def test_name_of_the_own_aid_list_is_masked_or_reported(house, cast):
    person = resident(house, "欧阳娜")
    draft = write_draft(house.kuocang, cast["staff"])
    steps.add_recipient(bulletin=draft, person=person, aid="临时救助", amount=Decimal(300), by=cast["staff"])
    draft = edit(draft, cast["staff"], financial="欧阳娜300元。")
    assert findings_of(draft, take_snapshot(draft)) == [], "it is masked by itself"
    draft = edit(draft, cast["staff"], financial="欧 阳 娜300元。")
    (finding,) = findings_of(draft, take_snapshot(draft))
    assert (finding.where, finding.kind, finding.masked) == ("财务公开", NAME, "欧阳*")


def test_names_of_earlier_aid_lists_are_reported(house, cast, quick_pdf):  # noqa: F811
    publish(house.kuocang, cast, MONTH, recipients=[resident(house, "欧阳娜")])
    assert kinds(house, "慰问欧阳娜。") == ["居民姓名 欧阳*"]
    house.kuocang.introduction = "感谢欧阳娜的理解。"
    with pytest.raises(ValidationError) as refused:
        house.kuocang.full_clean()
    assert "居民姓名 欧阳*" in refused.value.message_dict["introduction"][0]


def test_answers_to_objections_are_checked(house, cast, disabled_person, quick_pdf):  # noqa: F811
    notice = publish(house.kuocang, cast).notice
    take_objection(notice=notice, text="救助金额有误", code="DEM2345678AB")
    objection = Objection.objects.get()
    with pytest.raises(AnswerHasPersonalData, match=r"答复：居民姓名 欧阳\*"):
        answer_objection(objection=objection, gist="金额", text="欧阳娜的金额无误。", by=cast["supervisor"])


@pytest.mark.parametrize("register", ["own", "household", "child"])
def test_every_care_register_and_its_household_members_are_checked(house, register):
    person = resident(house, "欧阳娜")
    if register == "household":
        home = Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling)
        Residence.objects.create(community=house.kuocang, person=person, household=home, kind="living")
        LowIncome.objects.create(community=house.kuocang, household=home, applicant=house.person)
    elif register == "child":
        CareChild.objects.create(community=house.kuocang, person=person, kind="left")
    else:
        Elder.objects.create(community=house.kuocang, person=person)
    assert kinds(house, "欧阳娜") == ["居民姓名 欧阳*"]


def test_people_with_equal_masks_are_counted_separately(house):
    for name in ("欧阳娜", "欧阳明明"):
        Elder.objects.create(community=house.kuocang, person=resident(house, name))
    (finding,) = scan_texts(house.kuocang, [TextPiece("居务公开", "看望欧阳娜、欧阳明明。")])
    assert (finding.masked, finding.count) == ("欧阳*", 2)


def test_ended_entries_are_not_checked(house, disabled_person):
    Disability.objects.filter(person=disabled_person).update(end=datetime.date(2025, 1, 1))
    assert kinds(house, "欧阳娜") == []


def test_names_of_other_communities_are_not_reported(house, disabled_person):
    stranger = resident(house, "诸葛明", house.xizhigou)
    Elder.objects.create(community=house.xizhigou, person=stranger)
    assert kinds(house, "欧阳娜和诸葛明") == ["居民姓名 欧阳*"]
    pieces = [TextPiece("居务公开", "欧阳娜和诸葛明，3幢1单元101室")]
    assert [finding.masked for finding in scan_texts(house.xizhigou, pieces)] == ["诸葛*"]


def test_heads_and_staff_may_be_named(house, cast):
    head = resident(house, "欧阳娜")
    Elder.objects.create(community=house.kuocang, person=head)
    assert kinds(house, "楼道长欧阳娜组织清扫。") == ["居民姓名 欧阳*"]
    HeadAppointment.objects.create(
        community=house.kuocang, person=head, stairwell=house.second, start=datetime.date(2024, 1, 1)
    )
    assert kinds(house, "楼道长欧阳娜组织清扫。") == []


def test_ordinary_text_with_many_names_has_few_findings(house):
    for name in ("高兴", "文明", "安全", "王平", "林业", "方便", "平安", "和平", "党员"):
        Elder.objects.create(community=house.kuocang, person=resident(house, name))
    text = (
        "本月居民高兴地参加文明社区创建活动，加强消防安全宣传，平安巡逻12次，方便居民办事，"
        "和平路林业站配合清理，党员参加36人次。"
    )
    assert kinds(house, text) == []
    assert kinds(house, "慰问老人王平家。") == ["居民姓名 王*"]


@pytest.mark.parametrize(
    "text",
    [
        "3幢1单元101室", "3 幢 1 单元 101 室", "三幢一单元一〇一室", "3栋1单元101", "3号楼1单元101室", "3-1-101", "３－１－１０１",
        "3幢101室", "住3幢1单元\n101室的老人", "3#1单元101", "3·1·101", "帮扶3幢1单元101室、4幢",
    ],
)  # fmt: skip
def test_address_of_a_dwelling_is_found_in_every_spelling(house, text):
    assert kinds(house, text) == [f"{ADDRESS} 3幢***"]


@pytest.mark.parametrize(
    "text",
    [
        "3幢1单元", "3幢楼道整治", "3幢1单元102室", "9幢1单元101室", "2026-10-12", "10-12月", "3-1", "支出3-101元以下", "12345-3-101-9",
        "3幢商铺1", "3个单元101户", "第3幢、1单元、101",
    ],
)  # fmt: skip
def test_addresses_outside_the_register_are_not_reported(house, text):
    assert dwellings_in_text(house.kuocang, text, PlaceWords()) == []


def test_committee_address_may_be_named(house):
    Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )
    house.kuocang.address = "3幢2单元201室"
    assert kinds(house, "办公室在3幢2单元201室，欢迎来访。") == []
