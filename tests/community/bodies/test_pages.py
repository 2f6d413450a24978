"""Bodies as the office works with them: posts, holders, members, a new term, the end of a body."""

import datetime

import pytest
from django.utils import timezone

from community.accounts.models import RoleAssignment
from community.bodies.models import Body, BodyMember, Post, PostHolder
from community.bodies.registers import BodyRegister
from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.user_access import Access
from portal.audit.models import AccessLog

pytestmark = pytest.mark.django_db
BASE = "/c/kuocang"


@pytest.fixture
def browser(client, cast):
    def as_user(name: str):
        client.force_login(cast[name])
        session = client.session
        session["password_at"] = int(timezone.now().timestamp())
        session.save()
        return client

    return as_user


@pytest.fixture
def second(house):
    return Person.objects.create(community=house.kuocang, name="李四", name_key="li si", sex="F")


def post_of(body: Body, title: str = "主任") -> Post:
    return Post.objects.get(body=body, title=title)


def body_form(**fields) -> dict:
    empty = dict.fromkeys(
        "short_name parent unit founded_on term_years term_began_on term_ends_on note".split(), ""
    )
    return {**empty, **fields}


def text(response) -> str:
    return response.content.decode()


def url(row, action: str = "") -> str:
    parts = {Body: "bodies", Post: "posts", PostHolder: "holders", BodyMember: "body-members"}
    return f"{BASE}/{parts[type(row)]}/{row.uuid}/{action}"


def holder_form(post: Post, name: str, **fields) -> dict:
    return {"post": post.pk, "person": name, "start": "2026-01-05", "end": "", "manner": "elected"} | fields


# The page of a body


def test_page_shows_posts_with_holders_vacancies_and_other_posts(browser, house):
    Post.objects.create(community=house.kuocang, body=house.committee, title="委员", seats=3, order=2)
    chair = Post.objects.create(community=house.kuocang, body=house.team, title="队长", is_head=True)
    PostHolder.objects.create(
        community=house.kuocang, post=chair, person=house.person, start=datetime.date(2025, 1, 1)
    )
    page = text(browser("staff").get(url(house.committee)))
    for words in ("主任", "张三", "义务巡逻队队长", "委员", "空缺3名", "去任职", "换届", "撤销"):
        assert words in page, words


def test_list_shows_head_vacancies_and_kinds_in_their_order(browser, house):
    Post.objects.create(community=house.kuocang, body=house.committee, title="委员", seats=2)
    page = text(browser("staff").get(f"{BASE}/bodies/"))
    names = ["括苍社区党总支", "第一党支部", "第二党支部", "第一党小组", "括苍社区居民委员会", "义务巡逻队"]
    places = [page.index(f">{name}<") for name in names]
    assert places == sorted(places)
    vacant = text(browser("staff").get(f"{BASE}/bodies/?state=vacant"))
    assert "括苍社区居民委员会" in vacant
    assert "义务巡逻队" not in vacant


# Who may change which


@pytest.mark.parametrize(
    ("name", "party", "others"), [("staff", 403, 200), ("party", 200, 403), ("director", 200, 200)]
)
def test_party_bodies_are_changed_by_party_affairs_others_by_staff(browser, house, name, party, others):
    for body, status in ((house.branch, party), (house.committee, others)):
        for action in ("edit/", "delete/", "term/", "end/"):
            assert browser(name).get(url(body, action)).status_code == status, action
        page = text(browser(name).get(url(body)))
        assert (f"{url(body)}edit/" in page) is (status == 200)
        assert (f"{url(body)}delete/" in page) is (status == 200)


@pytest.mark.parametrize(("name", "kind"), [("staff", "branch"), ("party", "team")])
def test_a_kind_of_others_cannot_be_entered(browser, house, name, kind):
    answer = browser(name).post(f"{BASE}/bodies/new/", body_form(kind=kind, name="新组织"))
    assert answer.status_code == 422
    assert not Body.objects.filter(name="新组织").exists()


def test_a_post_of_a_party_body_is_no_choice_of_staff(browser, house, second):
    post = Post.objects.create(community=house.kuocang, body=house.branch, title="书记")
    assert browser("staff").post(f"{BASE}/holders/new/", holder_form(post, "李四")).status_code == 422
    assert not PostHolder.objects.filter(post=post).exists()
    assert browser("party").post(f"{BASE}/holders/new/", holder_form(post, "李四")).status_code == 302


def test_files_are_added_by_whoever_may_change_the_body(browser, house):
    for name, body, status in (
        ("staff", house.branch, 403),
        ("party", house.team, 403),
        ("party", house.branch, 200),
    ):
        client = browser(name)
        assert client.get(url(body, "attachments/")).status_code == status, (name, body)
        assert ('type="file"' in text(client.get(url(body)))) is (status == 200)


def test_bulk_change_leaves_out_bodies_of_others(cast, house):
    """Whoever ticks all rows changes those that they look after."""
    access = Access.of(cast["staff"])
    editable = BodyRegister().rows(access, house.kuocang.ref, P.BODIES_EDIT)
    assert set(editable.values_list("kind", flat=True)) == {"committee", "team"}


# The tree


@pytest.mark.parametrize(
    ("kind", "parent", "sentence"),
    [
        ("branch", "committee", "只能是更高一级的党组织"),
        ("branch", "branch2", "只能是更高一级的党组织"),
        ("general_branch", "branch", "只能是更高一级的党组织"),
    ],
)
def test_a_party_body_stands_below_a_higher_party_body_only(browser, house, kind, parent, sentence):
    fields = body_form(kind=kind, name="第三组织", parent=getattr(house, parent).pk)
    answer = browser("director").post(f"{BASE}/bodies/new/", fields)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_a_body_is_never_below_itself(browser, house):
    team = Body.objects.create(community=house.kuocang, kind="team", name="一分队", parent=house.team)
    fields = body_form(kind="team", name="义务巡逻队", parent=team.pk, version=house.team.version)
    answer = browser("staff").post(url(house.team, "edit/"), fields)
    assert answer.status_code == 422
    assert "不能是本组织或其下级" in text(answer)


def test_kind_of_a_body_must_suit_those_below(browser, house):
    fields = body_form(kind="branch", name="括苍社区党总支", version=1)
    answer = browser("party").post(url(house.general_branch, "edit/"), fields)
    assert answer.status_code == 422
    assert "第一党支部" in text(answer)


def test_end_of_a_term_is_reckoned_from_its_years(browser, house):
    fields = body_form(kind="union", name="社区工会", term_years=3, term_began_on="2024-02-29")
    browser("staff").post(f"{BASE}/bodies/new/", fields)
    assert Body.objects.get(name="社区工会").term_ends_on == datetime.date(2027, 2, 28)
    wrong = body_form(kind="union", name="工会二", term_years=9, term_began_on="9995-01-01")
    assert browser("staff").post(f"{BASE}/bodies/new/", wrong).status_code == 422


# Holders


def test_seats_are_not_exceeded(browser, house, second):
    post = post_of(house.committee)
    answer = browser("staff").post(f"{BASE}/holders/new/", holder_form(post, "李四"))
    assert answer.status_code == 422
    assert "职数1名，已有张三任职" in text(answer)
    past = holder_form(post, "李四", start="2020-01-01", end="2024-01-01")
    assert browser("staff").post(f"{BASE}/holders/new/", past).status_code == 302
    overlap = holder_form(post, "李四", start="2023-06-01", end="2024-01-02")
    assert browser("staff").post(f"{BASE}/holders/new/", overlap).status_code == 422


def test_fewer_seats_than_holders_are_refused(browser, house, second):
    post = post_of(house.committee)
    Post.objects.filter(pk=post.pk).update(seats=2)
    browser("staff").post(f"{BASE}/holders/new/", holder_form(post, "李四"))
    fields = {"body": house.committee.pk, "title": "主任", "seats": 1, "order": 1, "version": 1}
    answer = browser("staff").post(url(post, "edit/"), fields)
    assert answer.status_code == 422
    assert "不能少于2名" in text(answer)


def test_a_successor_who_is_entered_ahead_is_no_second_holder(browser, house, second, today):
    post = post_of(house.committee)
    leaves = today + datetime.timedelta(days=30)
    PostHolder.objects.update(end=leaves)
    staff = browser("staff")
    assert staff.post(f"{BASE}/holders/new/", holder_form(post, "李四", start=str(leaves))).status_code == 302
    fields = {"body": house.committee.pk, "title": "主任委员", "seats": 1, "order": 1, "version": 1}
    assert staff.post(url(post, "edit/"), fields).status_code == 302


def test_nobody_holds_a_post_twice_at_a_time(browser, house):
    post = post_of(house.committee)
    Post.objects.filter(pk=post.pk).update(seats=5)
    answer = browser("staff").post(f"{BASE}/holders/new/", holder_form(post, "张三", end="2026-02-01"))
    assert answer.status_code == 422
    assert "已任" in text(answer)


def test_relieving_vacates_the_post_for_a_successor(browser, house, second, today):
    holder = PostHolder.objects.get()
    staff = browser("staff")
    for wrong in ("2023-12-31", str(today + datetime.timedelta(days=1)), ""):
        assert staff.post(url(holder, "end/"), {"on": wrong}).status_code == 422
    assert (
        staff.post(url(holder, "end/"), {"on": str(today), "document": "括居〔2026〕3号"}).status_code == 302
    )
    holder.refresh_from_db()
    assert (holder.end, holder.document) == (today, "括居〔2026〕3号")
    assert "已经离任" in text(staff.post(url(holder, "end/"), {"on": str(today)}))
    post = post_of(house.committee)
    assert staff.post(f"{BASE}/holders/new/", holder_form(post, "李四", start=str(today))).status_code == 302
    assert "历任" in text(staff.get(url(house.committee)))


def test_members_come_and_go(browser, house, second, today):
    staff = browser("staff")
    fields = {"body": house.team.pk, "person": "李四", "start": "2026-01-05", "end": "", "note": ""}
    assert staff.post(f"{BASE}/body-members/new/", fields).status_code == 302
    assert staff.post(f"{BASE}/body-members/new/", fields).status_code == 422
    assert (
        staff.post(f"{BASE}/body-members/new/", fields | {"body": house.branch.pk}).status_code == 422
    )  # party members
    member = BodyMember.objects.get(person=second)
    staff.post(url(member, "end/"), {"on": str(today)})
    member.refresh_from_db()
    assert member.end == today


# Term and end


def test_a_new_term_relieves_the_holders_of_before(browser, house, today):
    Body.objects.filter(pk=house.committee.pk).update(term_years=5, term_began_on="2021-01-01")
    answer = browser("staff").post(
        url(house.committee, "term/"), {"began_on": str(today), "ends_on": "", "relieve": "on"}, follow=True
    )
    assert "上届1人届满离任" in text(answer)
    house.committee.refresh_from_db()
    assert house.committee.term_ends_on.year == today.year + 5
    assert PostHolder.objects.get().end == today


def test_a_new_term_needs_an_end(browser, house, today):
    answer = browser("staff").post(url(house.committee, "term/"), {"began_on": str(today), "ends_on": ""})
    assert answer.status_code == 422
    assert "请填写下次换届的日期" in text(answer)


def test_the_end_of_a_body_ends_posts_members_and_roles(browser, house, cast, today):
    staff = browser("staff")
    assert staff.post(url(house.team, "end/"), {"on": str(today)}).status_code == 302
    house.team.refresh_from_db()
    role = RoleAssignment.objects.get(user=cast["patrol"])
    assert (house.team.ended_on, BodyMember.objects.get().end, role.end) == (today, today, today)
    assert role not in RoleAssignment.objects.not_over()
    assert AccessLog.objects.filter(action="end", subject__contains="义务巡逻队", reason="组织撤销").exists()
    assert browser("patrol").get(f"{BASE}/").status_code == 404
    answer = browser("staff").post(url(house.team, "restore/"), {}, follow=True)
    assert "已恢复" in text(answer)
    assert browser("patrol").get(f"{BASE}/").status_code == 404  # roles are granted anew


def test_a_body_with_bodies_below_does_not_end(browser, house, today):
    answer = browser("party").post(url(house.branch, "end/"), {"on": str(today)})
    assert answer.status_code == 422
    assert "第一党小组" in text(answer)
    house.branch.refresh_from_db()
    assert house.branch.ended_on is None


def test_a_body_at_which_a_role_is_held_is_not_deleted(browser, house, cast):
    party = browser("party")
    branch = Body.objects.create(community=house.kuocang, kind="branch", name="第三党支部")
    RoleAssignment.objects.filter(user=cast["branch"]).update(body=branch)
    answer = party.post(url(branch, "delete/"))
    assert answer.status_code == 409
    assert "党支部书记岗位" in text(answer)
    RoleAssignment.objects.filter(user=cast["branch"]).update(end="2025-01-01")
    assert party.post(url(branch, "delete/")).status_code == 302
    role = RoleAssignment.objects.get(user=cast["branch"])
    assert (role.body, role.ended_at is None) == (None, False)


# Roles at bodies


def grant(client, **fields):
    return client.post(f"{BASE}/accounts/grant/", {"username": "nobody", "place": ""} | fields)


@pytest.mark.parametrize(
    ("role", "place", "sentence"),
    [
        ("branch", "", "请选择所在的党组织"),
        ("branch", "team", "请选择所在的党组织"),
        ("member", "committee", "请选择所在的党组织"),
        ("patrol", "", "请选择所在的组织"),
        ("head", "team", "请选择楼道、小组或片区"),
        ("mediator", "team", "范围是整个社区"),
    ],
)
def test_a_role_is_granted_at_its_kind_of_place_only(browser, house, role, place, sentence):
    place = place and f"body-{getattr(house, place).pk}"
    answer = grant(browser("director"), role=role, place=place)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_granted_at_a_body_it_is_shown_there(browser, house, cast):
    director = browser("director")
    assert grant(director, role="branch", place=f"body-{house.branch2.pk}").status_code == 302
    assert RoleAssignment.objects.get(user=cast["nobody"]).body == house.branch2
    assert "第二党支部" in text(director.get(f"{BASE}/accounts/"))
    assert "nobody某" in text(director.get(url(house.branch2)))
    assert "nobody某" not in text(browser("party").get(url(house.branch2)))


def test_a_body_that_has_ended_is_no_choice(browser, house, today):
    Body.objects.filter(pk=house.branch2.pk).update(ended_on=today)
    assert grant(browser("director"), role="branch", place=f"body-{house.branch2.pk}").status_code == 422
