"""The sign-in page lists the accounts of the demo, but never in a deployment with real data."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.urls import reverse

from community.accounts.demo import ACCOUNTS, HEADS, PASSWORD, USERNAMES
from community.accounts.models import User
from community.communities.models import Community
from community.phones.actions import find_slip
from community.phones.demo import bind_phones
from community.phones.models import Phone
from community.setup.actions import create_community
from portal.access.roles import ROLES
from portal.launch import prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(house):
    """The two communities of the tests as a demo, with all accounts of one."""
    Community.objects.update(is_demo=True)
    encoded = make_password(PASSWORD)
    for username in USERNAMES:
        values = {"name": username, "password": encoded, "is_demo": True}
        User.objects.update_or_create(username=username, defaults=values)
    return house


def usernames_on(client) -> list[str]:
    page = client.get(reverse("portal:login")).content.decode()
    assert (PASSWORD in page) == ("演示账号" in page)
    return re.findall(r'<th scope="row"><code>(.*?)</code>', page)


def test_sign_in_page_lists_every_account_once_with_password(client, demo):
    names = usernames_on(client)
    assert names[:3] == ["director", "staff", "civil"]
    assert sorted(names) == sorted(USERNAMES)
    for username in names:
        signed_in = client.post(reverse("portal:login"), {"username": username, "password": PASSWORD})
        assert signed_in.status_code == 302, username
        client.post(reverse("portal:logout"))


def test_the_start_command_lists_them_too(demo, capsys):
    prepare.print_accounts()
    text = capsys.readouterr().out
    assert f"密码都是 {PASSWORD}" in text
    assert [name for name in USERNAMES if not re.search(rf"^  {name} +\S+：\S", text, re.MULTILINE)] == []


def real_community(house):
    Community.objects.filter(pk=house.xizhigou.pk).update(is_demo=False)


def no_demo_community(house):
    Community.objects.update(is_demo=False)


@pytest.mark.parametrize("change", [real_community, no_demo_community])
def test_a_deployment_with_real_data_lists_no_account(client, demo, change, capsys):
    change(demo)
    assert usernames_on(client) == []
    prepare.print_accounts()
    assert capsys.readouterr().out == ""


def test_without_communities_no_account_is_listed(client, no_house):
    User.objects.create(username="director", name="x", password=make_password(PASSWORD), is_demo=True)
    assert usernames_on(client) == []


def other_password(user):
    user.set_password("北风吹过-丽阳门-1987")
    user.save()


def closed(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def real(user):
    User.objects.filter(pk=user.pk).update(is_demo=False)


@pytest.mark.parametrize("change", [other_password, closed, real])
def test_an_account_that_cannot_sign_in_this_way_is_not_listed(client, demo, change):
    change(User.objects.get(username="civil"))
    assert set(USERNAMES) - set(usernames_on(client)) == {"civil"}


def test_every_account_has_a_description():
    assert [account.username for account in ACCOUNTS if not account.tries] == []
    assert all(HEADS.values())
    lines = [(account.username, ROLES[account.role].name, account.tries) for account in ACCOUNTS]
    lines += [(username, ROLES["head"].name, tries) for username, tries in HEADS.items()]
    for name in ("README.md", "README.zh.md"):
        readme = (prepare.ROOT / name).read_text("utf-8")
        assert [line for line in lines if "| `{}` | {} | {} |".format(*line) not in readme] == []


def test_phone_links_differ_between_demos(cast, house):
    secrets = []
    for _ in range(2):
        token = bind_phones(house.kuocang, cast)
        assert find_slip(token).user == cast["head"]
        phones = Phone.objects.filter(user__in=[cast["head"], cast["head2"]])
        secrets += [value for phone in phones for value in (phone.link_hash, phone.token_hash) if value]
        phones.delete()
    assert len(set(secrets)) == len(secrets) == 6


def test_the_command_creates_no_community_beside_a_demo(demo):
    before = Community.objects.count()
    with pytest.raises(CommandError, match="这里是演示环境"):
        call_command("create_community", "liyang", "丽阳社区", "--street=331102001", "--director=王大力")
    assert (Community.objects.count(), User.objects.filter(name="王大力").count()) == (before, 0)


@pytest.mark.parametrize("is_demo", [True, False])
def test_street_of_a_demo_creates_demo_communities_only(house, is_demo):
    Community.objects.update(is_demo=is_demo)
    opened = create_community(
        code="liyang", name="丽阳社区", street=house.street, director_name="王大力", by=None
    )
    assert opened.community.is_demo is is_demo
