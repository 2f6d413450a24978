"""Second office: which office issues set-up links, how they are logged, and how their holder is notified."""

import datetime
import re
import time
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.actions import (
    AccountError,
    create_account,
    end_expired_links,
    end_role,
    grant_role,
    issue_link,
    link_person,
    renew_link,
    required_office,
    use_link,
)
from community.accounts.models import Office, RoleAssignment, SetupLink, User
from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.roles import ROLES, STREET_ISSUED_ROLES
from portal.access.user_access import Access
from portal.audit.access_log import DEPLOYMENT, NOBODY
from portal.audit.models import AccessLog
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from portal.todo.todo import todo_of
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "北风吹过-丽阳门-1987"
OTHER = "南明湖畔-望江楼-2003"
WATCHING = sorted(STREET_ISSUED_ROLES - {"director"})


def browser(user: User) -> Client:
    """Test client with a recent password."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["password_at"] = int(time.time())
    session.save()
    return client


def grant(client: Client, **fields):
    return client.post("/c/kuocang/accounts/grant/", {"token": uuid.uuid4(), **fields})


def token_in(answer) -> str:
    return re.search(r"/accounts/setup/([A-Z0-9]{16})/", answer.content.decode()).group(1)


def set_password(token: str, password: str = NEW):
    return Client().post(f"/accounts/setup/{token}/", {"new_password1": password, "new_password2": password})


def rights(user: User, house) -> set[str]:
    """Roles that give rights in kuocang now."""
    return set(Access.of(User.objects.get(pk=user.pk)).roles_in(house.kuocang.ref))


def lines(community_id: int, *actions: str) -> list[tuple]:
    """Access log as (action, by, for whom, subject, reason), oldest first."""
    rows = AccessLog.objects.filter(community_id=community_id).order_by("id")
    rows = rows.filter(action__in=actions) if actions else rows
    return [(line.action, line.user_id, line.ids, line.subject, line.reason) for line in rows]


@pytest.fixture
def person(house):
    return Person.objects.create(community=house.kuocang, name="王小芳", name_key="wang xiao fang")


def test_second_office_roles_are_as_declared():
    assert {
        "director",
        "supervisor",
        "health",
        "petitions",
        "rehabilitation",
        "mediator",
    } == STREET_ISSUED_ROLES
    assert ROLES.keys() >= STREET_ISSUED_ROLES


# Who issues a link


@pytest.mark.parametrize("role", WATCHING)
def test_new_account_with_second_office_role_gets_no_slip(cast, house, person, role):
    answer = grant(browser(cast["director"]), name="王小芳", person="王小芳", role=role)
    assert answer.status_code == 302
    assert not SetupLink.objects.exists()
    user = User.objects.get(name="王小芳")
    page_text = browser(cast["director"]).get("/c/kuocang/accounts/").content.decode()
    assert "待街道发开通单" in page_text
    slip = browser(cast["street"]).post(
        f"/street/accounts/{user.assignments.get().pk}/link/", {"reason": "新开账号"}
    )
    set_password(token_in(slip))
    assert rights(user, house) == {role}


@pytest.mark.parametrize("role", sorted(STREET_ISSUED_ROLES))
def test_community_cannot_renew_links_of_second_office_roles(cast, house, person, role):
    user = create_account(name="王小芳", person=person)
    assignment = grant_role(user=user, role=role, community_id=house.kuocang.id, by=None)
    with pytest.raises(AccountError, match="开通单由街道发放"):
        renew_link(assignment=assignment, by=cast["director"], reason="忘记密码", office=Office.COMMUNITY)
    page = browser(cast["director"]).post(
        f"/c/kuocang/accounts/{assignment.pk}/link/", {"reason": "忘记密码"}
    )
    assert page.status_code == (404 if role == "director" else 422)
    assert not SetupLink.objects.exists()


def test_future_second_office_role_counts(cast, house):
    RoleAssignment.objects.create(
        user=cast["patrol"],
        role="health",
        community=house.kuocang,
        start=timezone.localdate() + datetime.timedelta(days=3),
    )
    assert required_office(cast["patrol"]) == Office.STREET


def test_required_office_by_roles(cast, house):
    of = {name: required_office(user) for name, user in cast.items()}
    assert {name for name, office in of.items() if office == Office.DEPLOYMENT} == {
        "street",
        "street2",
        "admin",
    }
    assert {name for name, office in of.items() if office == Office.STREET} == {
        "both", "director", "stranger", "staff", "supervisor", "supervisor2", "health", "mediator",
    }  # fmt: skip
    RoleAssignment.objects.create(user=cast["staff"], role="staff", community=house.beizheng)
    assert required_office(cast["staff"]) == Office.DEPLOYMENT  # of two streets


def test_street_renews_links_in_its_own_communities_only(cast, house):
    assignment = cast["supervisor"].assignments.get()
    for name, status in (("street2", 404), ("director", 403), ("admin", 403)):
        answer = browser(cast[name]).post(f"/street/accounts/{assignment.pk}/link/", {"reason": "忘记密码"})
        assert answer.status_code == status, name
    assert not SetupLink.objects.exists()
    page = browser(cast["street"]).get("/street/accounts/").content.decode()
    assert "supervisor2" in page
    assert "共 5 个，待发放 0 个" in page
    assert "supervisor2" not in browser(cast["street2"]).get("/street/accounts/").content.decode()


def test_street_cannot_renew_links_of_street_accounts(cast, house):
    """Links of street accounts, their own included, are the administrator's."""
    assignment = RoleAssignment.objects.create(user=cast["street2"], role="mediator", community=house.kuocang)
    answer = browser(cast["street"]).post(f"/street/accounts/{assignment.pk}/link/", {"reason": "忘记密码"})
    assert answer.status_code == 422
    assert "开通单由系统管理员发放" in answer.content.decode()
    official = cast["street2"].assignments.get(role="street")
    answer = browser(cast["admin"]).post(f"/deployment/accounts/{official.pk}/link/", {"reason": "忘记密码"})
    assert token_in(answer)
    admin_assignment = cast["admin"].assignments.get()
    answer = browser(cast["admin"]).post(
        f"/deployment/accounts/{admin_assignment.pk}/link/", {"reason": "忘记密码"}
    )
    assert answer.status_code == 422


def test_administrator_renews_links_of_officials_only(cast):
    admin = browser(cast["admin"])
    assert "street2" in admin.get("/deployment/accounts/").content.decode()
    official, director = cast["street"].assignments.get(), cast["stranger"].assignments.get()
    assert admin.post(f"/deployment/accounts/{director.pk}/link/", {"reason": "x"}).status_code == 404
    set_password(token_in(admin.post(f"/deployment/accounts/{official.pk}/link/", {"reason": "忘记密码"})))
    cast["street"].refresh_from_db()
    assert cast["street"].check_password(NEW)


def test_link_renewal_requires_a_reason(cast):
    assignment = cast["civil"].assignments.get()
    url = f"/c/kuocang/accounts/{assignment.pk}/link/"
    for data in ({}, {"reason": " "}):
        answer = browser(cast["director"]).post(url, data)
        assert answer.status_code == 422
        assert "请写明理由" in answer.content.decode()
    with pytest.raises(AccountError, match="理由"):
        renew_link(assignment=assignment, by=cast["director"], reason=" ")
    assert not SetupLink.objects.exists()


# No way round


@pytest.mark.parametrize("role", WATCHING)
def test_link_used_by_the_director_gives_no_second_office_rights(cast, house, role):
    """Create an account, use its link oneself, grant the role: in every order."""
    director = browser(cast["director"])
    token = token_in(grant(director, name="王小芳", role="party"))
    user = User.objects.get(name="王小芳")
    person = Person.objects.create(community=house.kuocang, name="王小芳")
    set_password(token)
    assert grant(director, username=user.username, role=role, person="王小芳").status_code == 302
    assert rights(user, house) == {"party"}
    user.refresh_from_db()
    assert user.person == person

    # The street lets the holder in; a password that the holder then changes keeps the role.
    assignment = user.assignments.get(role=role)
    slip = browser(cast["street"]).post(f"/street/accounts/{assignment.pk}/link/", {"reason": "新开账号"})
    set_password(token_in(slip), OTHER)
    assert rights(user, house) == {"party", role}


def test_community_link_is_invalidated_by_a_second_office_grant(cast, house):
    director = browser(cast["director"])
    token = token_in(grant(director, name="王小芳", role="party"))
    user = User.objects.get(name="王小芳")
    grant(director, username=user.username, role="health")
    assert set_password(token).status_code == 404
    assert SetupLink.objects.get().ended_because == "role"
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_link_used_concurrently_with_the_grant_gives_no_rights(cast, house):
    """The link that set the password counts, even if the grant did not see it."""
    user = cast["party"]
    token = issue_link(user=user, by=cast["director"], reason="忘记密码")
    RoleAssignment.objects.create(user=user, role="health", community=house.kuocang)
    assert rights(user, house) == {"party", "health"}
    use_link(token=token, password=NEW)
    assert rights(user, house) == {"party"}


def test_password_change_keeps_password_by_community(cast, house):
    user = cast["party"]
    use_link(token=issue_link(user=user, by=cast["director"], reason="忘记密码"), password=NEW)
    grant_role(user=user, role="health", community_id=house.kuocang.id, by=cast["director"])
    client = Client()
    client.post("/accounts/login/", {"username": "party", "password": NEW})
    form = {"old_password": NEW, "new_password1": OTHER, "new_password2": OTHER}
    assert client.post("/accounts/password/", form).status_code == 302
    assert rights(user, house) == {"party"}
    assert client.get("/c/kuocang/health/").status_code == 403


def test_ending_and_regranting_a_role_does_not_bypass_the_second_office(cast, house):
    user, by = cast["health"], cast["director"]
    RoleAssignment.objects.create(user=user, role="party", community=house.kuocang)
    end_role(assignment=user.assignments.get(role="health"), by=by)
    token = issue_link(user=user, by=by, reason="忘记密码")
    use_link(token=token, password=NEW)
    grant_role(user=user, role="health", community_id=house.kuocang.id, by=by)
    assert rights(user, house) == {"party"}


def test_director_with_community_link_waits_for_street_link(cast, house, person):
    user = create_account(name="王小芳", person=person)
    use_link(token=issue_link(user=user, by=cast["director"], reason="新开账号"), password=NEW)
    form = {"token": uuid.uuid4(), "username": user.username}
    slip = browser(cast["street"]).post("/street/communities/kuocang/director/", form)
    assert rights(user, house) == set()
    set_password(token_in(slip), OTHER)
    assert rights(user, house) == {"director"}


def test_new_director_is_linked_to_a_person(cast, house):
    form = {"token": uuid.uuid4(), "username": "nobody"}
    assert browser(cast["street"]).post("/street/communities/kuocang/director/", form).status_code == 302
    cast["nobody"].refresh_from_db()
    person = cast["nobody"].person
    assert (person.community, person.name, person.workplace) == (
        house.kuocang, "nobody某", "括苍社区居民委员会",
    )  # fmt: skip


def test_waiting_accounts_are_due_for_the_street(cast, house, person):
    def due() -> list[str]:
        entries = todo_of(Access.of(cast["street"]), timezone.localdate())
        return [entry.due.title for entry in entries if entry.due.key == "links"]

    assert due() == []
    grant(browser(cast["director"]), name="王小芳", person="王小芳", role="supervisor")
    assert due() == ["重要岗位账号待发放开通单 1个"]
    assert "待发放 1 个" in browser(cast["street"]).get("/street/accounts/").content.decode()


# What is recorded


def test_links_and_roles_are_logged(cast, house):
    director, community = cast["director"], house.kuocang.id
    user = cast["civil"]
    assignment = user.assignments.get()
    first = renew_link(assignment=assignment, by=director, reason="忘记密码")
    second = renew_link(assignment=assignment, by=director, reason="单子丢失")
    assert first != second
    use_link(token=second, password=NEW)
    grant_role(user=user, role="party", community_id=community, by=director, reason="兼任")
    end_role(assignment=assignment, by=director, reason="转岗")
    person = Person.objects.create(community=house.kuocang, name="李四")
    link_person(user=user, person=person, community_id=community, by=director, reason="原先选错")
    by, whom = director.pk, [user.pk]
    assert lines(community) == [
        ("link", by, whom, "开通链接", "忘记密码"),
        ("link_ended", by, whom, "开通链接", "已另发开通单"),
        ("link", by, whom, "开通链接", "单子丢失"),
        ("link_used", user.pk, whom, "开通链接", "社区director某发放"),
        ("grant", by, whom, "党务专干", "兼任"),
        ("end", by, whom, "民政专干", "转岗"),
        ("change", by, whom, "本人（居民台账）", "原先选错"),
    ]
    page = browser(director).get("/c/kuocang/access-log/").content.decode()
    for words in (
        "发放开通单",
        "使用开通单",
        "开通单失效",
        "分配岗位",
        "解除岗位",
        "变更任职",
        "civil某（civil）",
        "单子丢失",
    ):
        assert words in page, words


def test_street_acts_are_logged_in_the_community(cast, house):
    assignment = cast["supervisor"].assignments.get()
    street = browser(cast["street"])
    street.post(f"/street/accounts/{assignment.pk}/link/", {"reason": "忘记密码"})
    assert lines(house.kuocang.id) == [
        ("link", cast["street"].pk, [cast["supervisor"].pk], "开通链接", "忘记密码")
    ]
    assert "street某" in browser(cast["director"]).get("/c/kuocang/access-log/").content.decode()
    ended = cast["director"].assignments.get(community=house.xizhigou)
    street.post(f"/street/communities/xizhigou/director/{ended.pk}/end/")
    assert lines(house.xizhigou.id) == [("end", cast["street"].pk, [cast["director"].pk], "社区主任", "")]


def test_acts_on_officials_are_logged_for_the_deployment(cast, house):
    admin = browser(cast["admin"])
    admin.post(f"/deployment/accounts/{cast['street'].assignments.get().pk}/link/", {"reason": "忘记密码"})
    assert lines(DEPLOYMENT) == [("link", cast["admin"].pk, [cast["street"].pk], "开通链接", "忘记密码")]
    assert "忘记密码" in admin.get("/deployment/accounts/").content.decode()
    assert "忘记密码" not in browser(cast["director"]).get("/c/kuocang/access-log/").content.decode()


def test_creating_a_community_logs_its_director(cast, house):
    form = {"token": uuid.uuid4(), "name": "丽阳社区", "code": "liyang", "street": house.street.pk}
    browser(cast["street"]).post("/street/communities/new/", form | {"director_name": "王大力"})
    director = User.objects.get(username="liyang-director")
    community = director.assignments.get().community
    by, whom = cast["street"].pk, [director.pk]
    assert lines(community.pk) == [
        ("grant", by, whom, "社区主任", "开通丽阳社区"),
        ("link", by, whom, "开通链接", "开通丽阳社区"),
    ]
    assert (director.person.community, director.person.name) == (community, "王大力")


def test_operator_commands_are_logged_as_the_system(house):
    user = create_account(name="王小芳")
    grant_role(user=user, role="street", street=house.street, by=None)
    issue_link(user=user)
    assert lines(DEPLOYMENT) == [
        ("grant", NOBODY, [user.pk], "街道工作人员", ""),
        ("link", NOBODY, [user.pk], "开通链接", ""),
    ]
    assert SetupLink.objects.get().office == Office.DEPLOYMENT


def test_role_ended_by_departure_is_logged(cast, house, person):
    user = create_account(name="王小芳", person=person)
    grant_role(user=user, role="patrol", community_id=house.kuocang.id, body=house.team, by=None)
    with scope(APP, communities=[house.kuocang.id], write=[house.kuocang.id], user_id=cast["staff"].pk):
        for ending in call_hooks(Hook.PERSON_LEFT, person, Departure(timezone.localdate(), died=True)):
            ending.end()
    assert lines(house.kuocang.id, "end") == [
        ("end", cast["staff"].pk, [user.pk], "巡逻队员（义务巡逻队）", "本人去世")
    ]


def test_expired_links_are_logged_once(cast, house):
    issue_link(user=cast["civil"], by=cast["director"], reason="忘记密码")
    assert end_expired_links() == 0
    SetupLink.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    assert end_expired_links() == 1
    assert end_expired_links() == 0
    assert lines(house.kuocang.id, "link_ended") == [
        ("link_ended", NOBODY, [cast["civil"].pk], "开通链接", "过期未用")
    ]
    assert "系统" in browser(cast["director"]).get("/c/kuocang/access-log/").content.decode()


# What the holder is told


def sign_in(username: str, password: str) -> str:
    client = Client()
    answer = client.post("/accounts/login/", {"username": username, "password": password}, follow=True)
    return answer.content.decode()


def test_holder_is_notified_of_a_used_link_once(cast):
    assert "用开通单设置" not in sign_in("civil", PASSWORD)
    token = renew_link(assignment=cast["civil"].assignments.get(), by=cast["director"], reason="忘记密码")
    use_link(token=token, password=NEW)
    link = SetupLink.objects.get()
    link.created_at = datetime.datetime(2026, 11, 29, 1, 5, tzinfo=datetime.UTC)
    link.used_at = datetime.datetime(2026, 11, 30, 2, 30, tzinfo=datetime.UTC)
    link.save()
    assert (
        "您的密码于2026年11月30日 10:30用开通单设置，开通单由社区director某于2026年11月29日 09:05发放，理由：忘记密码。"
        "如果不是您本人设置的，请立即修改密码，并告知街道。"
    ) in sign_in("civil", NEW)
    assert "用开通单设置" not in sign_in("civil", NEW)


def test_used_links_remain_listed(cast):
    """Also when somebody else signed in to the account first."""
    for password in (NEW, OTHER):
        token = renew_link(assignment=cast["civil"].assignments.get(), by=cast["director"], reason=password)
        use_link(token=token, password=password)
    answer = sign_in("civil", OTHER)
    assert answer.count("用开通单设置") == 2
    client = Client()
    client.post("/accounts/login/", {"username": "civil", "password": OTHER})
    page = client.get("/accounts/sessions/").content.decode()
    assert "已使用的开通单" in page
    assert NEW in page
    assert OTHER in page


def test_using_a_link_ends_existing_sessions(cast):
    client = Client()
    client.post("/accounts/login/", {"username": "civil", "password": PASSWORD})
    assert client.get("/c/kuocang/").status_code == 200
    use_link(token=issue_link(user=cast["civil"], by=cast["director"], reason="忘记密码"), password=NEW)
    assert client.get("/c/kuocang/").status_code == 302


# Persons of accounts, on the page


def test_role_requiring_a_person_is_an_error_of_the_person_field(cast, house):
    director = browser(cast["director"])
    answer = grant(director, name="王小芳", role="finance")
    assert answer.status_code == 422
    assert "person" in answer.context["form"].errors
    assert "王小芳" in answer.content.decode()
    assert not User.objects.filter(name="王小芳").exists()
    assert grant(director, name="王小芳", role="finance", employee="on").status_code == 200
    user = User.objects.get(name="王小芳")
    assert (user.person.name, user.person.community) == ("王小芳", house.kuocang)


def test_employee_already_in_the_register_is_not_duplicated(cast, person):
    answer = grant(browser(cast["director"]), name="王小芳", role="finance", employee="on")
    assert answer.status_code == 422
    assert "台账中已有“王小芳”" in answer.content.decode()
    assert Person.objects.filter(name="王小芳").count() == 1


def test_person_of_an_account_can_be_set_later(cast, house, person):
    assignment = cast["party"].assignments.get()
    url = f"/c/kuocang/accounts/{assignment.pk}/person/"
    director = browser(cast["director"])
    assert "登记本人" in director.get(url).content.decode()
    assert director.post(url, {"person": "王小芳"}).status_code == 422  # why?
    assert director.post(url, {"person": "王小芳", "reason": "补登记"}).status_code == 302
    cast["party"].refresh_from_db()
    assert cast["party"].person == person
    second_answer = director.post(url, {"person": "王小芳", "reason": "补登记"})
    assert second_answer.status_code == 422
    assert "已经对应这位居民" in second_answer.content.decode()
