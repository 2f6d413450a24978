"""Account pages: the director grants and ends roles within the rules."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from community.accounts.actions import (
    GRANTABLE,
    AccountError,
    create_account,
    end_role,
    free_username,
    grant_role,
    renew_link,
)
from community.accounts.models import RoleAssignment, SetupLink, User
from community.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(cast, client):
    """Test client of the director, with a recent password."""
    client.force_login(cast["director"])
    session = client.session
    session["password_at"] = int(timezone.now().timestamp())
    session.save()
    return client


def grant(client, **fields):
    return client.post("/c/kuocang/accounts/grant/", {"token": uuid.uuid4(), **fields})


def roles_of(user, community) -> set[str]:
    return {a.role for a in RoleAssignment.objects.current().filter(user=user, community=community)}


def test_account_list_shows_roles_of_each_account(director, house):
    page = director.get("/c/kuocang/accounts/").content.decode()
    assert "supervisor2" in page
    assert "居务监督委员" in page
    assert "3幢1单元" in page
    assert "director2" not in page


def test_a_new_account_comes_with_a_slip_and_its_role(director, house):
    response = grant(director, name="王小芳", role="staff", employee="on")
    slip = response.content.decode()
    user = User.objects.get(name="王小芳")
    assert user.username == "wangxiaofang"
    assert not user.has_usable_password()
    assert roles_of(user, house.kuocang) == {"staff"}
    assert RoleAssignment.objects.get(user=user).granted_by.username == "director"
    assert "wangxiaofang" in slip
    token = re.search(r"/accounts/setup/([A-Z0-9]{16})/", slip).group(1)
    assert director.get(f"/accounts/setup/{token}/").status_code == 200
    assert "（未开通）" in director.get("/c/kuocang/accounts/").content.decode()


def test_an_existing_account_gets_a_further_role(director, cast, house):
    response = grant(director, username="security", role="civil", employee="on")
    assert response.url == "/c/kuocang/accounts/"
    assert roles_of(cast["security"], house.kuocang) == {"security", "civil"}
    assert not SetupLink.objects.exists()


def test_granting_and_ending_a_role_take_effect_on_the_next_request(director, cast, house, client):
    from django.test import Client

    other = Client()
    other.force_login(cast["nobody"])
    assert other.get("/c/kuocang/").status_code == 404
    grant(director, username="nobody", role="staff", employee="on")
    assert other.get("/c/kuocang/").status_code == 200
    assignment = RoleAssignment.objects.get(user=cast["nobody"])
    page = director.get(f"/c/kuocang/accounts/{assignment.pk}/end/")
    assert page.status_code == 200
    assert other.get("/c/kuocang/").status_code == 200
    director.post(f"/c/kuocang/accounts/{assignment.pk}/end/")
    assert other.get("/c/kuocang/").status_code == 404


def test_only_head_roles_take_a_place(director, cast, house):
    assert grant(director, username="nobody", role="head").status_code == 422
    assert grant(director, username="nobody", role="staff", place=f"area-{house.group.pk}").status_code == 422
    assert grant(director, username="nobody", role="head", place="stairwell-999999").status_code == 422
    assert not RoleAssignment.objects.filter(user=cast["nobody"]).exists()
    grant(director, username="nobody", role="head", place=f"stairwell-{house.second.pk}")
    grant(director, username="nobody", role="head", place=f"area-{house.group.pk}")
    assignments = RoleAssignment.objects.filter(user=cast["nobody"]).order_by("id")
    assert [(a.stairwell, a.area) for a in assignments] == [(house.second, None), (None, house.group)]


def test_granting_is_idempotent(director, cast, house):
    form = {"token": uuid.uuid4(), "name": "王小芳", "role": "staff", "employee": "on"}
    first = director.post("/c/kuocang/accounts/grant/", form)
    second = director.post("/c/kuocang/accounts/grant/", form, follow=True)
    assert "账号开通单" in first.content.decode()
    assert "开通单只显示一次" in second.content.decode()
    assert (
        User.objects.filter(name="王小芳").count()
        == RoleAssignment.objects.filter(role="staff").count() - 2
        == 1
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"role": "staff"}, "二者填一项"),
        ({"role": "staff", "username": "staff", "name": "某人"}, "二者填一项"),
        ({"role": "staff", "username": "nichtda"}, "没有用户名为“nichtda”的账号"),
        ({"role": "director", "username": "nobody"}, "请从列表中选择"),
        ({"role": "admin", "username": "nobody"}, "请从列表中选择"),
        ({"role": "staff", "username": "staff"}, "已经是社区工作人员"),
        ({"role": "health", "username": "director"}, "不能给自己分配岗位"),
    ],
)
def test_roles_that_cannot_be_granted_are_refused_with_a_sentence(director, fields, sentence):
    before = RoleAssignment.objects.count()
    response = grant(director, **fields)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert RoleAssignment.objects.count() == before


@pytest.mark.parametrize("role", ["staff", "finance", "civil"])
def test_supervisor_cannot_hold_an_excluded_role(cast, house, role):
    by = cast["director"]
    with pytest.raises(AccountError, match="不能既是居务监督委员"):
        grant_role(user=cast["supervisor"], role=role, community_id=house.kuocang.id, by=by)
    with pytest.raises(AccountError, match="不能既是居务监督委员"):
        grant_role(user=cast[role], role="supervisor", community_id=house.kuocang.id, by=by)
    grant_role(user=cast["supervisor"], role=role, community_id=house.beizheng.id, by=by)
    grant_role(user=cast["supervisor"], role="patrol", community_id=house.kuocang.id, body=house.team, by=by)


def test_role_exclusion_compares_persons_not_accounts(cast, house):
    person = Person.objects.create(community=house.kuocang, name="赵一", name_key="zhao yi")
    User.objects.filter(pk__in=[cast["supervisor"].pk, cast["nobody"].pk]).update(person=person)
    cast["nobody"].refresh_from_db()
    with pytest.raises(AccountError, match="不能既是居务监督委员"):
        grant_role(user=cast["nobody"], role="finance", community_id=house.kuocang.id, by=cast["director"])
    assignment = RoleAssignment.objects.get(user=cast["supervisor"])
    end_role(assignment=assignment, by=cast["director"])
    grant_role(user=cast["nobody"], role="finance", community_id=house.kuocang.id, by=cast["director"])


def test_future_roles_count_for_exclusion(cast, house):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    RoleAssignment.objects.create(
        user=cast["nobody"], role="supervisor", community=house.kuocang, start=tomorrow
    )
    with pytest.raises(AccountError):
        grant_role(user=cast["nobody"], role="staff", community_id=house.kuocang.id, by=cast["director"])


def test_the_director_cannot_end_own_or_another_directors_role(director, cast, house):
    assignment = RoleAssignment.objects.get(user=cast["director"], community=house.kuocang)
    assert director.post(f"/c/kuocang/accounts/{assignment.pk}/end/").status_code == 404
    extra = RoleAssignment.objects.create(user=cast["director"], role="party", community=house.kuocang)
    assert director.post(f"/c/kuocang/accounts/{extra.pk}/end/").status_code == 422
    assert RoleAssignment.objects.current().filter(pk__in=[assignment.pk, extra.pk]).count() == 2


def test_roles_of_another_community_are_404(director, cast):
    foreign = RoleAssignment.objects.get(user=cast["stranger"])
    for action in ("end", "link"):
        assert director.post(f"/c/kuocang/accounts/{foreign.pk}/{action}/").status_code == 404


def test_a_new_slip_replaces_the_old_one(director, cast, house):
    assignment = RoleAssignment.objects.get(user=cast["finance"])
    first = director.post(f"/c/kuocang/accounts/{assignment.pk}/link/", {"reason": "遗失"}).content.decode()
    old = re.search(r"/accounts/setup/[A-Z0-9]{16}/", first).group()
    director.post(f"/c/kuocang/accounts/{assignment.pk}/link/", {"reason": "忘记密码"})
    assert director.get(old).status_code == 404


def test_a_director_cannot_take_over_an_account_that_serves_elsewhere(cast, house):
    assignment = RoleAssignment.objects.get(user=cast["staff"], community=house.kuocang)
    with pytest.raises(AccountError, match="还在其他单位任职"):
        renew_link(assignment=assignment, by=cast["director"], reason="忘记密码")
    admin = RoleAssignment.objects.create(user=cast["admin"], role="staff", community=house.kuocang)
    with pytest.raises(AccountError, match="还在其他单位任职"):
        renew_link(assignment=admin, by=cast["director"], reason="忘记密码")


def test_only_the_director_sees_accounts(cast, house, client):
    assignment = RoleAssignment.objects.get(user=cast["finance"])
    for name, status in (
        ("staff", 403),
        ("supervisor", 403),
        ("stranger", 404),
        ("street", 404),
        ("head", 404),
    ):
        client.force_login(cast[name])
        for path in (
            "",
            "grant/",
            f"{assignment.pk}/end/",
            f"{assignment.pk}/link/",
            f"{assignment.pk}/person/",
        ):
            assert client.get(f"/c/kuocang/accounts/{path}").status_code == status, (name, path)


def test_directors_and_officials_are_not_the_directors_to_grant():
    assert {"director", "street", "admin"}.isdisjoint(GRANTABLE)
    assert {"staff", "supervisor", "head", "health"} <= set(GRANTABLE)


def test_usernames_are_made_unique_from_pinyin(db):
    assert free_username("Zhang San！") == "zhangsan"
    create_account(name="张三")
    assert create_account(name="张三").username == "zhangsan2"
    assert free_username("！！") == "user"
    with pytest.raises(AccountError, match="已有人使用"):
        create_account(name="张三", username="ZhangSan")
    with pytest.raises(AccountError, match="小写字母"):
        create_account(name="张三", username="张三")
