"""Review of a head's report: the diff, conflicts that are never overwritten, and one decision each."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from community.places.models import HeadAppointment
from portal.access.db_scope import APP, HEAD, scope
from portal.access.user_access import Access
from portal.hooks.departure import Departure
from residents.event_log.models import PopulationEvent
from residents.events.actions.moves import PlannedResidence, endings, move_in, move_out
from residents.head_reports.actions.submit import ReportData, submit_report
from residents.head_reports.hooks import reports_due
from residents.head_reports.models import ChangeReport
from residents.homes.models import Residence
from residents.people.actions import add_person, correct_person
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db

ID_NUMBER = "330102197003010017"
DAY = datetime.date(2026, 3, 10)


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def make_report(house, by, what, person=None, **values) -> ChangeReport:
    """A report submitted by the head, in the head's own scope."""
    with scope(
        HEAD,
        communities=[house.kuocang.id],
        write=[house.kuocang.id],
        stairwells=[house.first.id],
        user_id=by.id,
    ):
        return submit_report(
            by=by,
            dwelling=house.dwelling,
            what=what,
            data=ReportData(**({"on": DAY} | values)),
            person_id=person.pk if person else None,
        )


def url_of(report, action="detail") -> str:
    return reverse(f"residents:report_{action}", kwargs={"community": "kuocang", "row": report.uuid})


def decision(client, report, **answers) -> dict:
    """The data the page submits: hidden fingerprint, preselected values, and the answers."""
    form = client.get(url_of(report)).context["form"]
    initial = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (initial | answers).items() if value not in (None, False)}


def events():
    return PopulationEvent.objects.exclude(what="entry")


# The list


def test_pending_reports_come_first_oldest_on_top(staff, house, cast):
    first = make_report(house, cast["head"], "move_in", name="先报")
    second = make_report(house, cast["head"], "move_in", name="后报")
    reviewed = make_report(house, cast["head"], "move_in", name="已办")
    staff.post(url_of(reviewed, "reject"), {"reason": "重复"})
    ChangeReport.objects.filter(pk=first.pk).update(reported_at=timezone.now() - datetime.timedelta(days=2))
    url = reverse("residents:report_list", kwargs={"community": "kuocang"})
    text = staff.get(url).content.decode()
    assert text.index("先报") < text.index("后报") < text.index("已办")
    waiting = staff.get(url, {"state": "pending"}).content.decode()
    assert "后报" in waiting
    assert "已办" not in waiting
    other = staff.get(url, {"stairwell": house.second.pk}).content.decode()
    assert "先报" not in other
    assert url_of(second) in text


# Accepting each kind


def test_new_resident_is_created_with_all_reported_values(staff, house, cast):
    report = make_report(
        house, cast["head"], "move_in", name="李四", sex="F", birth_year=1992, relation_word="租客",
        phone="13800000000", id_number=ID_NUMBER, other_address="金华市",
    )  # fmt: skip
    text = staff.get(url_of(report)).content.decode()
    assert "3301**************" in text
    assert ID_NUMBER not in text
    answer = staff.post(url_of(report), decision(staff, report))
    assert answer.status_code == 302
    person = Person.objects.get(name="李四")
    assert (person.sex, person.birth_date.year, person.phone) == ("F", 1992, "13800000000")
    assert person.read_id() == ID_NUMBER
    residence = person.residences.get()
    assert (residence.start, residence.household.dwelling, residence.other_address) == (
        DAY,
        house.dwelling,
        "金华市",
    )
    report.refresh_from_db()
    assert (report.state, report.reviewer, report.person) == ("accepted", cast["staff"], person)
    # Only the person has the number now.
    assert report.sealed is None
    assert report.id_mask == "3301**************"
    assert events().get().what == "move_in"


def test_new_resident_joins_the_chosen_household(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四", relation_word="配偶")
    staff.post(url_of(report), decision(staff, report, household=str(house.household.uuid)))
    assert Person.objects.get(name="李四").residences.get().household == house.household


def test_existing_person_is_linked_and_not_duplicated(staff, house, cast):
    person = Person.objects.create(community=house.kuocang, name="李四", sex="F")
    report = make_report(house, cast["head"], "move_in", name="李四")
    answer = staff.post(url_of(report), decision(staff, report))
    assert answer.status_code == 422
    assert "是不是同一个人" in answer.content.decode()
    staff.post(url_of(report), decision(staff, report, same=str(person.uuid)))
    report.refresh_from_db()
    assert report.person == person
    assert Person.objects.filter(name="李四").count() == 1


def test_existing_id_number_is_found_under_another_name(staff, house, cast):
    house.person.set_id("resident_id", ID_NUMBER, "3301**************")
    house.person.save()
    report = make_report(house, cast["head"], "move_in", name="章三", id_number=ID_NUMBER)
    answer = staff.post(url_of(report), decision(staff, report, same="new"))
    assert answer.status_code == 422
    assert "本社区已有这个证件号码的人（张三）" in answer.content.decode()
    assert not Person.objects.filter(name="章三").exists()


def test_move_out_ends_the_residence_and_confirmed_consequences(staff, house, cast):
    report = make_report(house, cast["head"], "move_out", house.person, other_address="杭州市")
    answer = staff.post(url_of(report), decision(staff, report))
    assert answer.status_code == 422
    assert "请选择终止还是保留" in answer.content.decode()
    staff.post(url_of(report), decision(staff, report, ending_0="end"))
    ended = Residence.objects.get(person=house.person)
    assert (ended.end, ended.other_address) == (DAY, "杭州市")
    assert HeadAppointment.objects.get().end == DAY


def test_a_death_is_recorded(staff, house, cast):
    report = make_report(house, cast["head"], "death", house.person)
    staff.post(url_of(report), decision(staff, report, ending_0="keep", why_0="等居民会议推选新人"))
    house.person.refresh_from_db()
    assert house.person.died_on == DAY
    assert "等居民会议推选新人" in events().get().note


def test_correction_applies_the_chosen_values(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1971,
        relation_word="户主", phone="13900000000", id_number=ID_NUMBER,
    )  # fmt: skip
    text = staff.get(url_of(report)).content.decode()
    for word in ("张三", "张叁", "1970年", "1971年", "13900000000"):
        assert word in text
    data = decision(staff, report, take_birth="now")
    assert staff.post(url_of(report), data).status_code == 302
    house.person.refresh_from_db()
    assert (house.person.name, house.person.phone, house.person.birth_date.year) == (
        "张叁",
        "13900000000",
        1970,
    )
    assert house.person.read_id() == ID_NUMBER


def test_corrected_birth_year_has_year_precision(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张三", sex="M", birth_year=1971,
        relation_word="户主",
    )  # fmt: skip
    staff.post(url_of(report), decision(staff, report))
    house.person.refresh_from_db()
    assert str(house.person.birth) == "1971年"


# Sending back and rejecting


@pytest.mark.parametrize(("action", "state"), [("return", "returned"), ("reject", "rejected")])
def test_declining_needs_a_reason_and_changes_nothing(staff, house, cast, action, state):
    report = make_report(house, cast["head"], "move_in", name="李四", id_number=ID_NUMBER)
    answer = staff.post(url_of(report, action), {"reason": " "})
    assert answer.status_code == 422
    assert "请写明原因" in answer.content.decode()
    assert staff.post(url_of(report, action), {"reason": "名字不对"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.reason) == (state, "名字不对")
    # A returned report keeps the number for its resubmission; a rejected one does not.
    assert (report.sealed is None) == (state == "rejected")
    assert not Person.objects.filter(name="李四").exists()


def test_get_after_login_shows_the_report(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    for action in ("detail", "return", "reject"):
        assert staff.get(url_of(report, action)).context["form"].report == report
    report.refresh_from_db()
    assert report.state == "pending"


def test_redirect_to_the_next_pending_report(staff, house, cast):
    first = make_report(house, cast["head"], "move_in", name="甲")
    second = make_report(house, cast["head"], "move_in", name="乙")
    assert staff.post(url_of(first, "reject"), {"reason": "重复"})["Location"] == url_of(second)
    listed = reverse("residents:report_list", kwargs={"community": "kuocang"})
    assert staff.post(url_of(second, "reject"), {"reason": "重复"})["Location"] == listed


# Conflicts


def correct_meanwhile(house, staff_user, **changes) -> None:
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=staff_user.id):
        correct_person(
            by=staff_user,
            person=house.person,
            version=Person.objects.get(pk=house.person.pk).version,
            changes=changes,
        )


def test_conflict_is_shown_in_three_columns_and_not_overwritten(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1970,
        relation_word="户主",
    )  # fmt: skip
    correct_meanwhile(house, cast["director"], name="章三")
    text = staff.get(url_of(report)).content.decode()
    assert "登记内容在上报后有变化" in text
    for word in ("上报时的登记", "张三", "章三", "张叁", "有冲突"):
        assert word in text
    # Nothing is preselected, and nothing is accepted without a choice.
    answer = staff.post(url_of(report), decision(staff, report))
    assert answer.status_code == 422
    assert "请选择姓名以哪一个为准" in answer.content.decode()
    house.person.refresh_from_db()
    assert house.person.name == "章三"
    staff.post(url_of(report), decision(staff, report, take_name="now"))
    house.person.refresh_from_db()
    assert house.person.name == "章三"
    report.refresh_from_db()
    assert report.state == "accepted"


def test_outdated_page_is_refused(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1970,
        relation_word="户主",
    )  # fmt: skip
    data = decision(staff, report)
    correct_meanwhile(house, cast["director"], name="章三")
    answer = staff.post(url_of(report), data)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "登记内容刚刚有变化" in text
    assert "有冲突" in text
    house.person.refresh_from_db()
    assert house.person.name == "章三"


def test_equal_change_is_no_conflict(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1970,
        relation_word="户主",
    )  # fmt: skip
    correct_meanwhile(house, cast["director"], name="张叁")
    text = staff.get(url_of(report)).content.decode()
    assert "已一致" in text
    assert "有冲突" not in text
    assert staff.post(url_of(report), decision(staff, report)).status_code == 302


def test_person_who_left_meanwhile_cannot_move_out(staff, house, cast):
    report = make_report(house, cast["head"], "move_out", house.person)
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["director"].id):
        (post,) = endings(house.person, Departure(DAY))
        move_out(by=cast["director"], person=house.person, on=DAY, confirmed=[post.key])
    text = staff.get(url_of(report)).content.decode()
    assert "已不住在本社区" in text
    assert "有冲突" in text
    answer = staff.post(url_of(report), decision(staff, report, checked_place="on"))
    assert answer.status_code == 422
    assert "请退回或不予采纳" in answer.content.decode()


def test_changed_household_is_a_conflict_to_confirm(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["director"].id):
        somebody = add_person(by=cast["director"], community_id=house.kuocang.id, name="王五")
        move_in(
            by=cast["director"],
            person=somebody,
            dwelling=house.dwelling,
            on=DAY,
            stays=[PlannedResidence("living")],
        )
    answer = staff.post(url_of(report), decision(staff, report))
    assert answer.status_code == 422
    assert "现住居民在上报后有变化" in answer.content.decode()
    assert staff.post(url_of(report), decision(staff, report, checked_people="on")).status_code == 302


# Permissions


def test_proposer_cannot_review_with_another_account(staff, house, cast):
    """The same person has a head's and a staff account."""
    for name in ("head", "staff"):
        cast[name].person = house.person
        cast[name].save(update_fields=["person"])
    report = make_report(house, cast["head"], "move_in", name="李四")
    assert "这是本人的上报" in staff.get(url_of(report)).content.decode()
    data = decision(staff, report)
    for action, more in (("detail", data), ("return", {"reason": "x"}), ("reject", {"reason": "x"})):
        answer = staff.post(url_of(report, action), more)
        assert answer.status_code == 422
    report.refresh_from_db()
    assert report.state == "pending"


def test_accounts_without_a_person_are_different_people(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    assert staff.post(url_of(report), decision(staff, report)).status_code == 302


def test_second_reviewer_sees_who_was_first(client, staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    data = decision(staff, report)
    staff.post(url_of(report), data)
    client.force_login(cast["director"])
    del data["token"]  # another page has one of its own
    page = client.post(url_of(report), data, follow=True)
    assert "staff某已处理这条上报（已采纳）" in page.content.decode()
    page = client.post(url_of(report, "reject"), {"reason": "x"}, follow=True)
    assert "staff某已处理这条上报（已采纳）" in page.content.decode()
    assert Person.objects.filter(name="李四").count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 200), ("director", 200), ("finance", 403), ("supervisor", 403), ("stranger", 404)],
)
def test_review_permissions(client, cast, house, who, status):
    report = make_report(house, cast["head"], "move_in", name="李四")
    client.force_login(cast[who])
    assert client.get(url_of(report)).status_code == status
    if status != 200:
        for action in ("detail", "return", "reject"):
            assert client.post(url_of(report, action), {"reason": "x"}).status_code == status
    report.refresh_from_db()
    assert report.state == "pending"


def test_reports_of_other_communities_are_not_found(staff, house, cast):
    """Staff have roles in kuocang and xizhigou: each shows only its own reports."""
    report = make_report(house, cast["head"], "move_in", name="李四")
    kwargs = {"community": "xizhigou", "row": report.uuid}
    assert staff.get(reverse("residents:report_detail", kwargs=kwargs)).status_code == 404
    assert staff.post(reverse("residents:report_detail", kwargs=kwargs)).status_code == 404


def test_pending_reports_are_in_the_todo_list(staff, house, cast, today):
    make_report(house, cast["head"], "move_in", name="李四")
    staff_access, finance_access = (Access.of(cast[name]) for name in ("staff", "finance"))
    with scope(APP, communities=[house.kuocang.id], user_id=cast["staff"].id):
        (due,) = reports_due(staff_access, [house.kuocang.ref], today)
        assert "变动上报待审核 1件" in due.title
        assert not list(reports_due(finance_access, [house.kuocang.ref], today))


def test_reason_survives_the_end_of_the_session(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    staff.get(url_of(report))
    session = staff.session
    session["seen_at"] = 0
    session.save()
    sign_in = staff.post(url_of(report, "return"), {"reason": "名字不对"}).url
    page = staff.get(staff.post(sign_in, {"username": cast["staff"].username, "password": PASSWORD}).url)
    assert page.context["reason_form"]["reason"].value() == "名字不对"
    report.refresh_from_db()
    assert report.state == "pending"
