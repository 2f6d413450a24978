"""Registration of members, state and end, departures, the page of a person, exports with full numbers."""

import datetime

import pytest

from community.bodies.actions import end_body
from community.people.models import Person
from partybuilding.members import actions
from partybuilding.members.figures import members_count, members_on_roll
from partybuilding.members.models import Member
from partybuilding.members.year import entries_of_year
from portal.access.user_access import Access
from portal.exports.models import SensitiveExport
from portal.forms.refusals import Refusal
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from tests.partybuilding.members.conftest import make_member, make_person
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
Day = datetime.date
NEW = "/c/kuocang/members/new/"


def form(house, **values) -> dict:
    return {
        "branch": house.branch.pk,
        "relation": "on_roll",
        "stage": "full",
        "joined_on": "2000-07-01",
        "full_on": "2001-07-01",
    } | values


def test_a_resident_is_offered_and_stays_one_row(client, house, cast):
    resident = make_person(house.kuocang, "周居民")
    client.force_login(cast["party"])
    before = Person.objects.count()
    answer = client.post(NEW, form(house, person="周居民"), follow=True)
    assert "党员已保存" in answer.content.decode()
    assert Member.objects.get(person=resident).branch == house.branch
    assert Person.objects.count() == before
    answer = client.post(NEW, form(house, person="周居民"))
    assert "已在本社区党员名册中（第一党支部，在册）" in answer.content.decode()


def test_a_person_without_residence_is_created(client, house, cast):
    client.force_login(cast["branch"])
    number = resident_id("19700305")
    answer = client.post(NEW, form(house, name="吴 新来", id_number=number, phone="13805780001"), follow=True)
    page = answer.content.decode()
    assert "党员已保存" in page
    assert number not in page
    person = Person.objects.get(name="吴新来")
    assert (person.read_id(), person.birth_date, person.sex) == (number, Day(1970, 3, 5), "M")
    assert person.residences.count() == 0


def test_doubles_are_asked_about(client, house, cast):
    """The secretary is told that there is somebody, but not where they live."""
    resident = make_person(house.kuocang, "周居民", birth_date=Day(1970, 3, 5), place_label="9幢1单元101室")
    for who, place in (("branch", False), ("party", True)):
        client.force_login(cast[who])
        answer = client.post(NEW, form(house, name="周居民", birth="1970-03-05"))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "核对是不是同一个人" in page
        assert ("9幢1单元101室" in page) == place
        assert not Member.objects.filter(person__name="周居民").exists()
    client.post(NEW, form(house, name="周居民", birth="1970-03-05", double="same"))
    assert Member.objects.get(person__name="周居民").person == resident
    client.post(NEW, form(house, name="周居民", birth="1970-03-05", double="other"))
    assert Member.objects.filter(person__name="周居民").count() == 2


def test_a_number_leads_to_its_person(client, house, cast):
    resident = make_person(house.kuocang, "周居民", birth_date=Day(1970, 3, 5))
    number = resident_id("19700305")
    resident.set_id("resident_id", number, "3301**************")
    resident.save()
    client.force_login(cast["branch"])
    answer = client.post(NEW, form(house, name="周某某", id_number=number))
    assert "这个证件号码已登记在另一个姓名下" in answer.content.decode()
    client.post(NEW, form(house, name="周居民", id_number=number))
    assert Member.objects.get(person=resident)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"name": "王五"}, "请填写出生日期，或者身份证号码"),
        ({"name": "王五", "birth": "昨天"}, "日期请写成"),
        ({"name": "王五", "birth": "1970-01-01", "stage": "activist"}, "还没有入党的不填入党日期"),
        ({"name": "王五", "birth": "1970-01-01", "joined_on": "2999-01-01"}, "日期不能晚于今天"),
        ({"name": "王五", "birth": "1970-01-01", "stage": "probationary", "joined_on": "", "full_on": ""}, "预备党员请填写入党日期"),
        ({"name": "王五", "birth": "1970-01-01", "relation": "reporting", "dues_from": "2026-01"}, "在单位缴纳党费，请留空"),
        ({"name": "王五", "birth": "1970-01-01", "full_on": "1999-01-01"}, "转正日期不能早于入党日期"),
        ({"name": "王五", "birth": "1970-01-01", "dues_from": "x"}, "月份请写成 2026-01"),
        ({"name": "王五", "id_number": "330106197003051234"}, "校验码"),
        ({"name": "王五", "birth": "1970-01-01", "branch": ""}, "必填"),
    ],
)  # fmt: skip
def test_wrong_input_is_a_sentence_at_the_field(client, house, cast, values, sentence):
    client.force_login(cast["party"])
    answer = client.post(NEW, form(house, **values))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_those_who_are_lost_are_not_counted_as_present(client, house, cast, members):
    everybody, here = members_count(house.kuocang.ref), members_on_roll(house.kuocang.ref)
    actions.set_state(member=members.own, state="lost", since=Day(2026, 1, 1))
    assert members_count(house.kuocang.ref) == everybody - 1
    assert members_on_roll(house.kuocang.ref) == here - 1
    client.force_login(cast["party"])
    assert "林一平" not in client.get("/c/kuocang/members/?group=present").content.decode()
    assert "林一平" in client.get("/c/kuocang/members/?group=lost").content.decode()
    assert Member.objects.filter(pk=members.own.pk).present().count() == 0


def test_state_and_end(members):
    with pytest.raises(Refusal, match="请填写失去联系的日期"):
        actions.set_state(member=members.own, state="lost")
    member = actions.set_state(member=members.own, state="mobile_out", where="杭州")
    assert (member.state, member.where) == ("mobile_out", "杭州")
    actions.end_member(member=members.own, on=Day(2026, 3, 1), because="expelled")
    with pytest.raises(Refusal, match="登记已于2026年3月1日结束（开除党籍）"):
        actions.set_state(member=members.own, state="normal")
    actions.restore_member(member=members.own)
    members.own.refresh_from_db()
    assert (members.own.state, members.own.ended_on) == ("normal", None)


def ended(person, *, died: bool) -> list:
    found = list(call_hooks(Hook.PERSON_LEFT, person, Departure(Day(2026, 3, 1), died)))
    return [each for each in found if each.key.startswith("party-member")]


def test_death_ends_the_registration(members):
    (consequence,) = ended(members.own.person, died=True)
    consequence.end()
    members.own.refresh_from_db()
    assert (members.own.state, members.own.ended_because) == ("ended", "died")


def test_whose_relation_is_here_stays_on_the_roll_after_moving_out(house, members):
    (consequence,) = ended(members.own.person, died=False)
    consequence.end()
    members.own.refresh_from_db()
    assert (members.own.state, members.own.where) == ("mobile_out", "迁出本社区")
    assert ended(members.own.person, died=False) == []
    reporting = make_member(house.kuocang, "在职甲", house.branch, relation="reporting")
    (consequence,) = ended(reporting.person, died=False)
    consequence.end()
    reporting.refresh_from_db()
    assert (reporting.state, reporting.ended_because) == ("ended", "moved")


def test_a_branch_with_members_does_not_end(house, cast, members):
    with pytest.raises(Refusal, match="还有1名党员和发展对象，请先把他们转到其他支部"):
        end_body(body=house.branch2, on=Day(2026, 3, 1), by=cast["party"])


def test_the_card_of_a_person_shows_membership_to_those_who_may_see_it(client, house, cast, members):
    url = f"/c/kuocang/people/{members.own.person.uuid}/"
    for who, shown in (("party", True), ("staff", False)):
        client.force_login(cast[who])
        assert ("第一党支部，正式党员" in client.get(url).content.decode()) == shown, who


def test_the_year_on_one_page(client, house, cast, members):
    access = Access.of(cast["branch"])
    entries = {e.title: e.text for e in entries_of_year(members.own, 2020, access, house.kuocang.ref)}
    assert entries["党费"] == "缴纳1个月，共10.00元"
    assert "林一平原单位党委" in entries["转接"]
    client.force_login(cast["branch"])
    answer = client.get(f"/c/kuocang/members/{members.own.uuid}/year/2020/")
    assert answer["Content-Type"] == "application/pdf"
    assert client.get(f"/c/kuocang/members/{members.own.uuid}/year/3000/").status_code == 404


def test_full_numbers_are_for_the_party_role(client, house, cast, members):
    number = resident_id("19800501")
    members.own.person.set_id("resident_id", number, "3301**************")
    members.own.person.save()
    page = f"/c/kuocang/members/{members.own.uuid}/"
    for who, shown in (("party", True), ("branch", False)):
        client.force_login(cast[who])
        assert ("3301****" in client.get(page).content.decode()) == shown, who
        assert client.get(f"{page}reveal/").status_code == (200 if shown else 403)
    export = client.post("/c/kuocang/members/export/", {"format": "csv"})
    assert number not in b"".join(export.streaming_content if export.streaming else [export.content]).decode()


def test_the_roll_with_full_numbers_is_approved_by_a_holder_of_the_same_right(client, house, cast, members):
    """The party role has no right to reveal residents' numbers, and neither may open the files of the other."""
    client.force_login(cast["party"])
    url = "/c/kuocang/members/export/full/"
    answer = client.post(url, {"reason": "上级党委核对", "password": "password"})
    assert answer.status_code in (302, 422)
    export = SensitiveExport.objects.create(
        community_id=house.kuocang.pk, user_id=cast["party"].pk, title="党员名册", subject=Member.stored_label,
        state="ready", url="/x/",
    )  # fmt: skip
    page = f"/c/kuocang/releases/{export.uuid}/"
    expected = {"party": 200, "director": 200, "staff": 403, "branch": 403}
    for who, status in expected.items():
        client.force_login(cast[who])
        assert client.get(page).status_code == status, who
    residents = SensitiveExport.objects.create(
        community_id=house.kuocang.pk, user_id=cast["staff"].pk, title="居民名单", subject="community.Person",
        state="ready", url="/x/",
    )  # fmt: skip
    client.force_login(cast["party"])
    assert client.get(f"/c/kuocang/releases/{residents.uuid}/").status_code == 403


def test_facts_are_in_the_offices_words(client, house, cast, members):
    """是 and not True; the first month of dues as a month."""
    Member.objects.filter(pk=members.own.pk).update(is_retired=True)
    client.force_login(cast["branch"])
    page = client.get(f"/c/kuocang/members/{members.own.uuid}/").content.decode()
    assert "True" not in page
    assert "<dd>2020-03</dd>" in page
