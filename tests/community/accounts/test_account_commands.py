"""Commands create_account and reset_link: accounts of administrators and street officials."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from community.accounts.models import RoleAssignment, SetupLink, User
from community.communities.models import Street

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_house")]

PASSWORD = "北风吹过-丽阳门-1987"


def run(*arguments) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def sign_in_by(text: str) -> Client:
    """Set the password through the printed link, and sign in with it."""
    client = Client()
    link = re.search(r"http://127.0.0.1:8000(/accounts/setup/[A-Z0-9]{16}/)", text)[1]
    username = re.search(r"用户名：(\S+)", text)[1]
    assert client.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code == 302
    signed_in = client.post("/accounts/login/", {"username": username, "password": PASSWORD})
    assert signed_in.status_code == 302
    return client


def test_the_first_administrator_gets_in():
    text = run("create_account", "王立", "--admin")
    assert "系统管理员王立" in text
    assert sign_in_by(text).get("/deployment/").status_code == 200


def test_the_first_street_official_gets_in_and_opens_a_community():
    text = run("create_account", "郑明", "--street", "331102009", "--street-name", "丽阳街道")
    assert "街道工作人员（丽阳街道）郑明" in text
    assignment = RoleAssignment.objects.get()
    assert (assignment.role, assignment.street.name, assignment.community, assignment.granted_by) == (
        "street",
        "丽阳街道",
        None,
        None,
    )
    client = sign_in_by(text)
    assert "丽阳街道" in client.get("/street/communities/new/").content.decode()


def test_the_username_may_be_chosen():
    assert "用户名：zm01" in run("create_account", "郑明", "--admin", "--username", "zm01")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["王立", "--street", "331102009"], "--street-name"),
        (["王立", "--street", "丽阳街道"], "应为9位数字"),
        (["王立", "--street", "331102009", "--street-name", "丽" * 61], "不超过60个字"),
        (["王立", "--admin", "--username", "王立"], "用户名用2至40个小写字母"),
        (["王立", "--admin", "--username", "taken"], "这个用户名已有人使用"),
        (["王" * 61, "--admin"], "请填写姓名，不超过60个字"),
        ([" ", "--street", "331102009", "--street-name", "丽阳街道"], "请填写姓名"),
    ],
)
def test_invalid_arguments_are_reported_and_nothing_is_created(arguments, sentence):
    User.objects.create_user("taken", "别人")
    with pytest.raises(CommandError, match=sentence):
        run("create_account", *arguments)
    assert (User.objects.count(), Street.objects.count(), SetupLink.objects.count()) == (1, 0, 0)


def test_new_link_invalidates_earlier_link_and_keeps_password():
    first = run("create_account", "王立", "--admin")
    sign_in_by(first)
    second = run("reset_link", "wangli", "--reason", "没有收到")
    third = run("reset_link", "wangli", "--reason", "忘记密码")
    assert User.objects.get().check_password(PASSWORD)
    over = re.search(r"/accounts/setup/\w+/", second)[0]
    assert Client().get(over).status_code == 404
    assert sign_in_by(third).get("/deployment/").status_code == 200


@pytest.mark.parametrize(
    ("username", "reason", "sentence"),
    [("niemand", "忘记密码", "没有用户名为“niemand”"), ("wangli", " ", "理由")],
)
def test_a_new_link_needs_an_account_and_a_reason(username, reason, sentence):
    User.objects.create_user("wangli", "王立")
    with pytest.raises(CommandError, match=sentence):
        run("reset_link", username, "--reason", reason)
    assert SetupLink.objects.count() == 0
