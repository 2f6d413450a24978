"""Re-authentication before dangerous actions: after ten minutes, and with the lockout of sign-in."""

import ast
import time
import uuid

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from portal.accounts.recent_password import RecentPasswordForm, is_recent
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db

WRONG = "falsch-falsch"
MINUTE = 60


def signed_in(user, password_at: float | None = None) -> Client:
    """Client whose password was entered at that moment, or never."""
    client = Client()
    client.force_login(user)
    if password_at is not None:
        session = client.session
        session["password_at"] = int(password_at)
        session.save()
    return client


def sign_in(username: str, password: str = PASSWORD) -> int:
    return Client().post(reverse("portal:login"), {"username": username, "password": password}).status_code


@pytest.fixture
def acts(cast, house) -> dict[str, tuple[str, str, dict]]:
    """Page -> user, URL and form data: one of each URL space, and the change of one's own password."""
    assignment = cast["finance"].assignments.get()
    community = {"name": "丽阳社区", "code": "liyang", "street": house.street.pk, "director_name": "王大力"}
    return {
        f"/c/kuocang/accounts/{assignment.pk}/end/": ("director", "password", {}),
        f"/c/kuocang/people/{house.person.uuid}/reveal/": ("staff", "password", {"reason": "核对"}),
        "/street/communities/new/": ("street", "password", community | {"token": uuid.uuid4()}),
        f"/deployment/accounts/{cast['street'].assignments.get().pk}/link/": (
            "admin",
            "password",
            {"reason": "忘记密码"},
        ),
        "/accounts/password/": (
            "director",
            "old_password",
            {"new_password1": "北风吹过-丽阳门-1987", "new_password2": "北风吹过-丽阳门-1987"},
        ),
    }


@pytest.mark.parametrize(
    ("minutes", "is_asked"), [(0, False), (9, False), (10, True), (11, True), (700, True)]
)
def test_the_password_is_remembered_for_ten_minutes(cast, monkeypatch, minutes, is_asked):
    """With a frozen clock."""
    now = time.time()
    monkeypatch.setattr("portal.accounts.recent_password.time.time", lambda: now)
    client = signed_in(cast["director"], now - minutes * MINUTE)
    page = client.get(f"/c/kuocang/accounts/{cast['finance'].assignments.get().pk}/end/")
    assert ("password" in page.context["form"].fields) is is_asked


def test_action_after_ten_minutes_requires_the_password(cast):
    assignment = cast["finance"].assignments.get()
    url = f"/c/kuocang/accounts/{assignment.pk}/end/"
    client = signed_in(cast["director"], time.time() - 11 * MINUTE)
    assert client.post(url).status_code == 422
    assert cast["finance"].assignments.current().exists()
    assert client.post(url, {"password": PASSWORD}).status_code == 302
    assert not cast["finance"].assignments.current().exists()
    # The ten minutes start again.
    assert "password" not in client.get("/c/kuocang/accounts/grant/").context["form"].fields


def test_session_opened_without_password_is_never_recent(cast):
    request = RequestFactory().get("/")
    request.session = {}
    assert not is_recent(request)


def test_wrong_passwords_lock_action_and_sign_in(cast, acts):
    """On every kind of page: after five wrong passwords the right one is refused there and at sign-in."""
    for url, (username, field, data) in acts.items():
        AccessAttempt.objects.all().delete()
        client = signed_in(cast[username])
        for _ in range(4):
            assert client.post(url, data | {field: WRONG}).status_code in (200, 422), url
        locked = client.post(url, data | {field: WRONG})
        assert locked.status_code == 429, url
        assert "十五分钟" in locked.content.decode(), url
        assert client.post(url, data | {field: PASSWORD}).status_code == 429, url
        assert sign_in(username) == 429, url
    assert cast["finance"].assignments.current().exists()
    assert cast["director"].check_password(PASSWORD)


def test_attempts_at_sign_in_and_at_actions_are_counted_together(cast):
    url = f"/c/kuocang/accounts/{cast['finance'].assignments.get().pk}/end/"
    for _ in range(3):
        sign_in("director", WRONG)
    client = signed_in(cast["director"])
    assert client.post(url, {"password": WRONG}).status_code == 422
    assert client.post(url, {"password": WRONG}).status_code == 429


def test_right_password_resets_the_count(cast):
    url = "/c/kuocang/accounts/grant/"
    client = signed_in(cast["director"])
    for _ in range(4):
        client.post(url, {"password": WRONG})
    client.post(url, {"password": PASSWORD})
    assert not AccessAttempt.objects.exists()


def test_form_data_of_a_wrong_attempt_is_not_stored(cast, house):
    url = f"/c/kuocang/people/{house.person.uuid}/reveal/?q=张三"
    signed_in(cast["staff"]).post(url, {"password": WRONG, "reason": "核对低保材料"})
    attempt = AccessAttempt.objects.get()
    assert (attempt.get_data, attempt.post_data) == ("", "")


def test_no_other_code_compares_a_password():
    """All code that verifies an account's password uses `check_own_password` or signs in."""
    calls = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in ("portal", "community", "residents", "partybuilding", "services", "security")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("check_password", "acheck_password")
    ]
    # The PIN of a phone, which counts tries on its own row; and whether a demo account still has the published
    # password, where nobody sends one.
    assert sorted(calls) == ["community/accounts/hooks.py", "community/phones/actions.py"]


def _subclasses(cls) -> set[type]:
    return {inner for sub in cls.__subclasses__() for inner in ({sub} | _subclasses(sub))}


def test_no_form_verifies_the_password_in_its_own_way():
    assert get_resolver().url_patterns  # brings in every view with its forms
    forms = _subclasses(RecentPasswordForm)
    assert len(forms) > 5
    assert [form for form in forms if "clean_password" in vars(form)] == []
