"""Opening a community: from the shell, by the street, and through the director's one-time link."""

import datetime
import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from community.accounts.actions import issue_link
from community.accounts.models import RoleAssignment, SetupLink, User
from community.communities.models import Community, Street
from community.home.first_steps import first_steps
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from residents.event_log.models import PopulationEvent
from residents.homes.models import Residence
from residents.merging.models import PersonMerge

pytestmark = pytest.mark.django_db

PASSWORD = "北风吹过-丽阳门-1987"


def create(*arguments) -> str:
    out = io.StringIO()
    call_command("create_community", *arguments, stdout=out)
    return out.getvalue()


def link_in(text: str) -> str:
    return re.search(r"/accounts/setup/[A-Z0-9]{16}/", text).group()


def test_the_command_opens_a_community_and_its_director_gets_in(house, client):
    out = create("liyang", "丽阳社区", "--street", "331102001", "--director", "王大力")
    link = link_in(out)
    assert f"http://127.0.0.1:8000{link}" in out
    assert "用户名：liyang-director" in out
    community = Community.objects.get(code="liyang")
    assert (community.name, community.street, community.is_demo) == ("丽阳社区", house.street, False)

    assert "liyang-director" in client.get(link).content.decode()
    response = client.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert response.url == "/accounts/login/"
    response = client.post("/accounts/login/", {"username": "liyang-director", "password": PASSWORD})
    assert response.status_code == 302
    assert client.get("/c/liyang/accounts/").status_code == 200
    assert client.get("/c/kuocang/accounts/").status_code == 404


def test_the_token_is_stored_as_a_hash_only(house):
    token = link_in(create("liyang", "丽阳社区", "--street", "331102001", "--director", "王大力")).split("/")[
        3
    ]
    link = SetupLink.objects.get()
    assert token not in link.token_hash
    assert len(link.token_hash) == 64
    assert link.expires_at - timezone.now() > datetime.timedelta(days=13, hours=23)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["kuocang", "括苍社区", "--street", "331102001"], "代号“kuocang”已有社区使用"),
        (["Ku ocang", "括苍社区", "--street", "331102001"], "代号用2至30个小写字母"),
        (["liyang", "丽阳社区", "--street", "331102009"], "--street-name"),
        (["liyang", "丽阳社区", "--street", "丽阳街道"], "应为9位数字"),
        (["liyang", " ", "--street", "331102001"], "请填写社区名称"),
    ],
)
def test_create_community_reports_errors_and_creates_nothing(house, arguments, sentence):
    models = (Community, User, Street)
    before = [model.objects.count() for model in models]
    with pytest.raises(CommandError, match=sentence):
        create(*arguments, "--director", "王大力")
    assert [model.objects.count() for model in models] == before


def test_the_command_makes_a_street_with_its_first_community(no_house):
    create("liyang", "丽阳社区", "--street", "331102009", "--street-name", "丽阳街道", "--director", "王大力")
    assert Community.objects.get().street.name == "丽阳街道"


def test_director_usernames_are_unique(house):
    User.objects.create_user("liyang-director", "别人")
    out = create("liyang", "丽阳社区", "--street", "331102001", "--director", "王大力")
    assert "用户名：liyang-director2" in out


@pytest.fixture
def link(house):
    user = User.objects.create_user("wangdali", "王大力")
    return user, f"/accounts/setup/{issue_link(user=user)}/"


def used(user, link):
    SetupLink.objects.update(used_at=timezone.now())


def expired(user, link):
    SetupLink.objects.update(expires_at=timezone.now())


def replaced(user, link):
    issue_link(user=user)


def closed(user, link):
    User.objects.update(is_active=False)


@pytest.mark.parametrize("spoil", [used, expired, replaced, closed])
def test_expired_and_unknown_links_get_the_same_answer(client, link, spoil):
    user, url = link
    assert client.get(url).status_code == 200
    spoil(user, url)
    never = client.get("/accounts/setup/ABCDEFGHJKMNPQRS/")
    over = client.get(url)
    assert (over.status_code, over.content) == (never.status_code, never.content) == (404, never.content)
    client.post(url, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_set_up_link_works_once(client, link):
    user, url = link
    client.post(url, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    second_answer = client.post(
        url, {"new_password1": "另一个-很长的-密码-2", "new_password2": "另一个-很长的-密码-2"}
    )
    assert second_answer.status_code == 404
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("weak", ["short-pass1", "liren里仁社区shequ1", "wangdali1234", "q1w2e3r4t5y6"])
def test_weak_password_is_refused_and_link_stays_valid(client, link, weak):
    _, url = link
    response = client.post(url, {"new_password1": weak, "new_password2": weak})
    assert response.status_code == 422
    assert client.get(url).status_code == 200


def test_creating_a_community_is_idempotent_and_shows_the_slip_once(cast, house, client):
    client.force_login(cast["street"])
    sign_in_recently(client)
    page = client.get("/street/communities/new/").content.decode()
    form = {
        "token": re.search(r'name="token" value="([^"]+)"', page).group(1),
        "name": "丽阳社区",
        "code": "liyang",
        "street": house.street.pk,
        "director_name": "王大力",
    }
    slip = client.post("/street/communities/new/", form)
    text = slip.content.decode()
    assert slip["Cache-Control"] == "no-store"
    assert "liyang-director" in text
    assert 'src="data:image/svg+xml' in text
    assert client.get(link_in(text)).status_code == 200

    second_answer = client.post("/street/communities/new/", form, follow=True)
    assert "/accounts/setup/" not in second_answer.content.decode()
    assert "开通单只显示一次" in second_answer.content.decode()
    assert Community.objects.filter(code="liyang").count() == 1
    assert "丽阳社区" in client.get("/street/communities/").content.decode()


def sign_in_recently(client) -> None:
    """Set the time of the last password, which `force_login` leaves out."""
    session = client.session
    session["password_at"] = int(timezone.now().timestamp())
    session.save()


def test_invalid_community_code_is_an_error_of_its_field(cast, house, client):
    client.force_login(cast["street"])
    sign_in_recently(client)
    form = {"token": "7c9a1f52-3f1e-4a57-9a8e-0d6f3e1b2c4d", "name": "某社区", "code": "kuocang"}
    form |= {"street": house.street.pk, "director_name": "王大力"}
    response = client.post("/street/communities/new/", form)
    assert response.status_code == 422
    assert "代号“kuocang”已有社区使用" in response.content.decode()


def test_community_cannot_be_created_below_another_street(cast, house, client):
    client.force_login(cast["street"])
    sign_in_recently(client)
    form = {"token": "7c9a1f52-3f1e-4a57-9a8e-0d6f3e1b2c4e", "name": "某社区", "code": "moushequ"}
    response = client.post(
        "/street/communities/new/", form | {"street": house.street2.pk, "director_name": "王大力"}
    )
    assert response.status_code == 422
    assert not Community.objects.filter(code="moushequ").exists()


def test_creating_a_community_requires_a_recent_password(cast, house, client):
    client.force_login(cast["street"])
    form = {"token": "7c9a1f52-3f1e-4a57-9a8e-0d6f3e1b2c4f", "name": "某社区", "code": "moushequ"}
    form |= {"street": house.street.pk, "director_name": "王大力"}
    assert client.post("/street/communities/new/", form | {"password": "错的密码"}).status_code == 422
    assert not Community.objects.filter(code="moushequ").exists()
    assert (
        client.post("/street/communities/new/", form | {"password": "liren-test-password"}).status_code == 200
    )
    assert Community.objects.filter(code="moushequ").exists()


def test_the_street_changes_directors_of_its_own_communities_only(cast, house, client):
    client.force_login(cast["street"])
    sign_in_recently(client)
    assignment = RoleAssignment.objects.get(user=cast["director"], community=house.xizhigou)
    assert client.post(f"/street/communities/xizhigou/director/{assignment.pk}/end/").status_code == 302
    assert not RoleAssignment.objects.current().filter(pk=assignment.pk).exists()

    form = {"token": "7c9a1f52-3f1e-4a57-9a8e-0d6f3e1b2c50", "name": "李新来"}
    slip = client.post("/street/communities/xizhigou/director/", form).content.decode()
    assert client.get(link_in(slip)).status_code == 200
    assert RoleAssignment.objects.get(user__name="李新来").community == house.xizhigou

    other = RoleAssignment.objects.get(user=cast["stranger"])
    for path in ("director/", f"director/{other.pk}/end/", f"director/{other.pk}/link/"):
        assert client.get(f"/street/communities/beizheng/{path}").status_code == 404
    assert client.get(f"/street/communities/kuocang/director/{other.pk}/end/").status_code == 404


def test_only_the_street_opens_communities(cast, client):
    for name in ("director", "staff", "admin", "head", "nobody"):
        client.force_login(cast[name])
        for path in ("", "new/"):
            assert client.get(f"/street/communities/{path}").status_code == 403, (name, path)


def test_supervisor_cannot_become_director(cast, house, client):
    client.force_login(cast["street"])
    sign_in_recently(client)
    form = {"token": "7c9a1f52-3f1e-4a57-9a8e-0d6f3e1b2c51", "username": "supervisor"}
    response = client.post("/street/communities/kuocang/director/", form)
    assert response.status_code == 422
    assert "不能既是居务监督委员" in response.content.decode()


def test_first_steps_are_shown_until_done(cast, house):
    def steps(name, community):
        access = Access.of(cast[name])
        with scope(APP, communities=[community.id]):
            return [(s.title, s.done) for s in first_steps(access, community.ref)]

    assert steps("director", house.xizhigou) == [
        ("划分片区和居民小组", False),
        ("导入居民台账", False),
        ("任命楼道长和小组长", False),
        ("公开第一期每月公开", False),
    ]
    kuocang = dict(steps("director", house.kuocang))
    assert [kuocang[title] for title in ("划分片区和居民小组", "导入居民台账", "任命楼道长和小组长")] == [
        True
    ] * 3
    PersonMerge.objects.all().delete()
    PopulationEvent.objects.all().delete()
    Residence.objects.all().delete()
    assert dict(steps("director", house.kuocang))["导入居民台账"] is False
    assert steps("finance", house.xizhigou) == []
