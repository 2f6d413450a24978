"""Review of a head's report: old beside new, conflicts shown and never overwritten, each decided once."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.models import HeadAppointment, Person
from portal.access import Access
from portal.offers import Departure
from portal.scope import APP, HEAD, scope
from residents.actions.doors import Said, submit_report
from residents.actions.moves import Stay, endings, move_in, move_out
from residents.actions.people import add_person, correct_person
from residents.models import ChangeReport, PopulationEvent, Residence
from residents.offers.hooks_head_reports import reports_due

pytestmark = pytest.mark.django_db

ID_NUMBER = "330102197003010017"
DAY = datetime.date(2026, 3, 10)


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def make_report(house, by, what, person=None, **said) -> ChangeReport:
    """A report as the head's page sends it, in the head's own scope."""
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
            said=Said(**({"on": DAY} | said)),
            person_id=person.pk if person else None,
        )


def url_of(report, action="detail") -> str:
    return reverse(f"residents:report_{action}", kwargs={"community": "kuocang", "row": report.uuid})


def decision(client, report, **answers) -> dict:
    """What the page would send: its hidden fingerprint, what it chose beforehand, and the answers."""
    form = client.get(url_of(report)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | answers).items() if value not in (None, False)}


def events():
    return PopulationEvent.objects.exclude(what="entry")


# The list


def test_reports_that_wait_come_first_the_oldest_on_top(staff, house, cast):
    first = make_report(house, cast["head"], "move_in", name="先报")
    second = make_report(house, cast["head"], "move_in", name="后报")
    done = make_report(house, cast["head"], "move_in", name="已办")
    staff.post(url_of(done, "reject"), {"reason": "重复"})
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


def test_a_new_resident_is_created_with_everything_reported(staff, house, cast):
    report = make_report(
        house, cast["head"], "move_in", name="李四", sex="F", birth_year=1992, relation_word="租客",
        phone="13800000000", id_number=ID_NUMBER, other_address="金华市",
    )  # fmt: skip
    text = staff.get(url_of(report)).content.decode()
    assert "3301**************" in text
    assert ID_NUMBER not in text
    answer = staff.post(url_of(report, "accept"), decision(staff, report))
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
    # The number stands with the person only.
    assert report.sealed is None
    assert report.id_mask == "3301**************"
    assert events().get().what == "move_in"


def test_a_new_resident_joins_the_household_that_was_chosen(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四", relation_word="配偶")
    staff.post(url_of(report, "accept"), decision(staff, report, household=str(house.household.uuid)))
    assert Person.objects.get(name="李四").residences.get().household == house.household


def test_somebody_known_is_linked_and_not_doubled(staff, house, cast):
    known = Person.objects.create(community=house.kuocang, name="李四", sex="F")
    report = make_report(house, cast["head"], "move_in", name="李四")
    answer = staff.post(url_of(report, "accept"), decision(staff, report))
    assert answer.status_code == 422
    assert "是不是同一个人" in answer.content.decode()
    staff.post(url_of(report, "accept"), decision(staff, report, same=str(known.uuid)))
    report.refresh_from_db()
    assert report.person == known
    assert Person.objects.filter(name="李四").count() == 1


def test_the_same_certificate_number_is_found_under_another_name(staff, house, cast):
    house.person.put_id("resident_id", ID_NUMBER, "3301**************")
    house.person.save()
    report = make_report(house, cast["head"], "move_in", name="章三", id_number=ID_NUMBER)
    answer = staff.post(url_of(report, "accept"), decision(staff, report, same="new"))
    assert answer.status_code == 422
    assert "本社区已有这个证件号码的人（张三）" in answer.content.decode()
    assert not Person.objects.filter(name="章三").exists()


def test_a_move_out_ends_living_and_what_was_confirmed(staff, house, cast):
    report = make_report(house, cast["head"], "move_out", house.person, other_address="杭州市")
    answer = staff.post(url_of(report, "accept"), decision(staff, report))
    assert answer.status_code == 422
    assert "请选择终止还是保留" in answer.content.decode()
    staff.post(url_of(report, "accept"), decision(staff, report, ending_0="end"))
    ended = Residence.objects.get(person=house.person)
    assert (ended.end, ended.other_address) == (DAY, "杭州市")
    assert HeadAppointment.objects.get().end == DAY


def test_a_death_is_recorded(staff, house, cast):
    report = make_report(house, cast["head"], "death", house.person)
    staff.post(url_of(report, "accept"), decision(staff, report, ending_0="keep", why_0="等居民会议推选新人"))
    house.person.refresh_from_db()
    assert house.person.died_on == DAY
    assert "等居民会议推选新人" in events().get().note


def test_a_correction_takes_the_values_that_were_chosen(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1971,
        relation_word="户主", phone="13900000000", id_number=ID_NUMBER,
    )  # fmt: skip
    text = staff.get(url_of(report)).content.decode()
    for word in ("张三", "张叁", "1970年", "1971年", "13900000000"):
        assert word in text
    data = decision(staff, report, take_birth="now")
    assert staff.post(url_of(report, "accept"), data).status_code == 302
    house.person.refresh_from_db()
    assert (house.person.name, house.person.phone, house.person.birth_date.year) == (
        "张叁",
        "13900000000",
        1970,
    )
    assert house.person.read_id() == ID_NUMBER


def test_a_corrected_birth_year_says_no_more_than_the_year(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张三", sex="M", birth_year=1971,
        relation_word="户主",
    )  # fmt: skip
    staff.post(url_of(report, "accept"), decision(staff, report))
    house.person.refresh_from_db()
    assert str(house.person.birth) == "1971年"


# Sending back and rejecting


@pytest.mark.parametrize(("action", "state"), [("return", "returned"), ("reject", "rejected")])
def test_declining_needs_a_reason_and_leaves_the_register(staff, house, cast, action, state):
    report = make_report(house, cast["head"], "move_in", name="李四", id_number=ID_NUMBER)
    answer = staff.post(url_of(report, action), {"reason": " "})
    assert answer.status_code == 422
    assert "请写明原因" in answer.content.decode()
    assert staff.post(url_of(report, action), {"reason": "名字不对"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.reason) == (state, "名字不对")
    # A returned report keeps the number for the corrected one; a rejected one has no use for it.
    assert (report.sealed is None) == (state == "rejected")
    assert not Person.objects.filter(name="李四").exists()


def test_coming_back_after_signing_in_again_shows_the_report(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    for action in ("accept", "return", "reject"):
        assert staff.get(url_of(report, action))["Location"] == url_of(report)
    report.refresh_from_db()
    assert report.state == "pending"


def test_after_one_report_comes_the_next(staff, house, cast):
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


def test_a_change_made_meanwhile_is_shown_in_three_columns_and_not_overwritten(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1970,
        relation_word="户主",
    )  # fmt: skip
    correct_meanwhile(house, cast["director"], name="章三")
    text = staff.get(url_of(report)).content.decode()
    assert "登记内容在上报后有变化" in text
    for word in ("上报时的登记", "张三", "章三", "张叁", "有冲突"):
        assert word in text
    # Nothing is chosen beforehand, and nothing is taken without a choice.
    answer = staff.post(url_of(report, "accept"), decision(staff, report))
    assert answer.status_code == 422
    assert "请选择姓名以哪一个为准" in answer.content.decode()
    house.person.refresh_from_db()
    assert house.person.name == "章三"
    staff.post(url_of(report, "accept"), decision(staff, report, take_name="now"))
    house.person.refresh_from_db()
    assert house.person.name == "章三"
    report.refresh_from_db()
    assert report.state == "accepted"


def test_a_change_between_looking_and_accepting_is_noticed(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1970,
        relation_word="户主",
    )  # fmt: skip
    data = decision(staff, report)
    correct_meanwhile(house, cast["director"], name="章三")
    answer = staff.post(url_of(report, "accept"), data)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "登记内容刚刚有变化" in text
    assert "有冲突" in text
    house.person.refresh_from_db()
    assert house.person.name == "章三"


def test_a_register_that_agrees_already_is_no_conflict(staff, house, cast):
    report = make_report(
        house, cast["head"], "correction", house.person, name="张叁", sex="M", birth_year=1970,
        relation_word="户主",
    )  # fmt: skip
    correct_meanwhile(house, cast["director"], name="张叁")
    text = staff.get(url_of(report)).content.decode()
    assert "已一致" in text
    assert "有冲突" not in text
    assert staff.post(url_of(report, "accept"), decision(staff, report)).status_code == 302


def test_who_left_meanwhile_cannot_leave_again(staff, house, cast):
    report = make_report(house, cast["head"], "move_out", house.person)
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["director"].id):
        (post,) = endings(house.person, Departure(DAY))
        move_out(by=cast["director"], person=house.person, on=DAY, confirmed=[post.key])
    text = staff.get(url_of(report)).content.decode()
    assert "已不住在本社区" in text
    assert "有冲突" in text
    answer = staff.post(url_of(report, "accept"), decision(staff, report, checked_place="on"))
    assert answer.status_code == 422
    assert "请退回或不采纳" in answer.content.decode()


def test_other_people_at_the_door_meanwhile_are_a_conflict_to_tick(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["director"].id):
        somebody = add_person(by=cast["director"], community_id=house.kuocang.id, name="王五")
        move_in(
            by=cast["director"],
            person=somebody,
            dwelling=house.dwelling,
            on=DAY,
            stays=[Stay("living")],
        )
    answer = staff.post(url_of(report, "accept"), decision(staff, report))
    assert answer.status_code == 422
    assert "现住人员在上报后有变化" in answer.content.decode()
    assert (
        staff.post(url_of(report, "accept"), decision(staff, report, checked_people="on")).status_code == 302
    )


# Who may


def test_the_proposer_does_not_review_the_own_report_under_another_account(staff, house, cast):
    """The same person holds a head's and a staff account."""
    for name in ("head", "staff"):
        cast[name].person = house.person
        cast[name].save(update_fields=["person"])
    report = make_report(house, cast["head"], "move_in", name="李四")
    assert "这是本人的上报" in staff.get(url_of(report)).content.decode()
    data = decision(staff, report)
    for action, more in (("accept", data), ("return", {"reason": "x"}), ("reject", {"reason": "x"})):
        answer = staff.post(url_of(report, action), more)
        assert answer.status_code == 422
    report.refresh_from_db()
    assert report.state == "pending"


def test_two_accounts_without_a_person_are_two_people(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    assert staff.post(url_of(report, "accept"), decision(staff, report)).status_code == 302


def test_the_second_reviewer_is_told_who_was_first(client, staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    data = decision(staff, report)
    staff.post(url_of(report, "accept"), data)
    client.force_login(cast["director"])
    page = client.post(url_of(report, "accept"), data, follow=True)
    assert "staff某已处理这条上报（已采纳）" in page.content.decode()
    page = client.post(url_of(report, "reject"), {"reason": "x"}, follow=True)
    assert "staff某已处理这条上报（已采纳）" in page.content.decode()
    assert Person.objects.filter(name="李四").count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 200), ("director", 200), ("finance", 403), ("supervisor", 403), ("stranger", 404)],
)
def test_who_may_review(client, cast, house, who, status):
    report = make_report(house, cast["head"], "move_in", name="李四")
    client.force_login(cast[who])
    assert client.get(url_of(report)).status_code == status
    if status != 200:
        for action in ("accept", "return", "reject"):
            assert client.post(url_of(report, action), {"reason": "x"}).status_code == status
    report.refresh_from_db()
    assert report.state == "pending"


def test_a_neighbours_report_is_not_there(staff, house, cast):
    """Staff hold kuocang and xizhigou: below each, only its own reports."""
    report = make_report(house, cast["head"], "move_in", name="李四")
    kwargs = {"community": "xizhigou", "row": report.uuid}
    assert staff.get(reverse("residents:report_detail", kwargs=kwargs)).status_code == 404
    assert staff.post(reverse("residents:report_accept", kwargs=kwargs)).status_code == 404


def test_staff_are_told_what_waits(staff, house, cast, today):
    make_report(house, cast["head"], "move_in", name="李四")
    staff_access, finance_access = (Access.of(cast[name]) for name in ("staff", "finance"))
    with scope(APP, communities=[house.kuocang.id], user_id=cast["staff"].id):
        (due,) = reports_due(staff_access, house.kuocang.ref, today)
        assert "1条变动上报待审核" in due.title
        assert not list(reports_due(finance_access, house.kuocang.ref, today))
