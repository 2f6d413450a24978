"""Phones of building heads: binding by one-time slip, PIN sign-in limited to the head's role."""

import datetime
import re
import threading
import time
import uuid
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import RoleAssignment, User
from community.phones import actions as phone_actions
from community.phones.heads import heads_of
from community.phones.models import Phone
from portal.audit.models import AccessLog
from residents.homes.models import Dwelling

PIN = "739205"
LIST = "/c/kuocang/phones/"
LINK = re.compile(r"http://[^<]*(/accounts/phone/bind/[A-Z0-9]+/)")


def confirmed(client, user):
    """Test client with a recent password."""
    client.force_login(user)
    session = client.session
    session["password_at"] = int(time.time())
    session.save()
    return client


@pytest.fixture
def staff(client, cast):
    return confirmed(client, cast["staff"])


def key_of(user) -> str:
    return f"u{user.pk}"


def print_slips(client, *keys: str, token=None):
    return client.post(f"{LIST}slips/", {"row": keys, "token": token or uuid.uuid4()})


def link_for(house, user, by) -> str:
    """Path of a slip's link, issued without the page."""
    (head,) = [head for head in heads_of(house.kuocang) if head.user == user]
    slip = phone_actions.issue_slip(head=head, community=house.kuocang, by=by)
    return reverse("community:phone_bind", args=[slip.token])


def bind(link: str, pin: str = PIN) -> Client:
    phone = Client(headers={"user-agent": "Mobile"})
    answer = phone.post(link, {"pin": pin, "again": pin})
    assert (answer.status_code, answer.get("Location")) == (302, "/head/")
    return phone


@pytest.fixture
def phone(house, cast):
    """Bound phone of `head` with a fresh session."""
    return bind(link_for(house, cast["head"], cast["staff"]))


def end_session(phone: Client) -> None:
    """End the session; only the phone's cookie remains."""
    del phone.cookies["liren"]


def enter(phone: Client, pin: str):
    return phone.post("/accounts/phone/", {"pin": pin, "next": "/head/reports/"})


def words_logged() -> list[str]:
    lines = AccessLog.objects.filter(action=AccessLog.Action.PHONE).order_by("id")
    return list(lines.values_list("reason", flat=True))


# The slip


@pytest.mark.django_db
def test_appointed_head_without_account_binds_a_phone(staff, house, cast):
    """张三 is appointed and has no account; GET does not use the link up, binding does."""
    key = f"p{house.person.pk}"
    assert "打印时建立" in staff.get(LIST).content.decode()
    assert "建立账号，分配楼道长岗位" in staff.get(f"{LIST}slips/?row={key}").content.decode()
    page = print_slips(staff, key).content.decode()
    (link,) = LINK.findall(page)
    user = User.objects.get(person=house.person)
    assert user.assignments.get().stairwell == house.first
    for _ in range(2):
        assert "张三，绑定后" in Client().get(link).content.decode()
    phone = bind(link)
    cookie = phone.cookies["liren-phone"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", 90 * 24 * 3600)
    assert "3幢1单元101室" in phone.get("/head/", follow=True).content.decode()
    assert not Phone.objects.filter(token_hash=cookie.value).exists()
    second = Client().get(link)
    assert second.status_code == 403
    assert "这张绑定单已经用过" in second.content.decode()
    assert phone.get(link).url == "/accounts/phone/"
    assert words_logged() == ["打印张三的绑定单", "绑定手机"]
    assert "绑定</td>" in staff.get(f"{LIST}?state=bound").content.decode()


@pytest.mark.django_db
def test_printing_several_slips_is_idempotent(staff, house, cast):
    token = uuid.uuid4()
    keys = [key_of(cast["head"]), key_of(cast["head2"])]
    page = print_slips(staff, *keys, token=token)
    assert len(LINK.findall(page.content.decode())) == 2
    assert print_slips(staff, *keys, token=token).url == LIST
    assert Phone.objects.count() == 2


@pytest.mark.django_db
def test_printing_slips_requires_a_recent_password(client, house, cast):
    client.force_login(cast["staff"])
    answer = print_slips(client, key_of(cast["head"]))
    assert answer.status_code == 422
    assert "请再次输入登录密码" in answer.content.decode()
    assert not Phone.objects.exists()


@pytest.mark.django_db
def test_new_slip_invalidates_the_unused_one(house, cast):
    old = link_for(house, cast["head"], cast["staff"])
    new = link_for(house, cast["head"], cast["director"])
    assert "已经失效" in Client().get(old).content.decode()
    bind(new)


@pytest.mark.django_db
def test_expired_slip_binds_no_phone(house, cast):
    link = link_for(house, cast["head"], cast["staff"])
    Phone.objects.update(link_until=timezone.now())
    assert "已经失效" in Client().post(link, {"pin": PIN, "again": PIN}).content.decode()
    assert "绑定链接不正确" in Client().get(f"{link[:-3]}/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pin", "message"),
    [
        ("12345", "请输入6位数字"),
        ("12a456", "请输入6位数字"),
        *((pin, "容易被猜到") for pin in ("123456", "987654", "111111", "121212", "407407", "555888")),
        *((pin, "容易被猜到") for pin in ("631208", "081263", "196312")),
    ],
)
def test_a_weak_pin_is_refused(house, cast, pin, message):
    link = link_for(house, cast["head"], cast["staff"])
    answer = Client().post(link, {"pin": pin, "again": pin})
    assert answer.status_code == 422
    assert message in answer.content.decode()


@pytest.mark.django_db
def test_new_pin_must_be_repeated(house, cast):
    link = link_for(house, cast["head"], cast["staff"])
    assert "不一样" in Client().post(link, {"pin": PIN, "again": "739206"}).content.decode()
    bind(link, "７３９ ２０５")  # full width, with a blank
    assert Phone.objects.get().bound_at


# The PIN


@pytest.mark.django_db
def test_pin_is_required_when_the_session_expires(phone):
    def begun(hours: int) -> None:
        session = phone.session
        session["started_at"] = session["seen_at"] = int(time.time()) - hours * 3600 - 1
        session.save()

    begun(11)
    assert phone.get("/head/reports/").status_code == 200
    begun(12)
    answer = phone.get("/head/reports/")
    assert answer.url == "/accounts/phone/?next=/head/reports/"
    page = phone.get(answer.url).content.decode()
    assert 'inputmode="numeric"' in page
    assert "head某，请输入密码" in page
    assert enter(phone, PIN).url == "/head/reports/"
    assert phone.get("/head/reports/").status_code == 200


@pytest.mark.django_db
def test_without_phone_cookie_the_password_is_required(client, house):
    assert client.get("/head/").url == "/accounts/login/?next=/head/"
    assert "这部手机还没有绑定" in client.get("/accounts/phone/").content.decode()


@pytest.mark.django_db
def test_pin_page_redirects_to_head_pages_only(phone):
    for elsewhere in ("https://example.cn/head/", "//example.cn", "/c/kuocang/"):
        assert phone.post("/accounts/phone/", {"pin": PIN, "next": elsewhere}).url == "/head/"


@pytest.mark.django_db
def test_five_wrong_pins_end_the_binding(phone, cast):
    end_session(phone)
    secret = phone.cookies["liren-phone"].value
    for tries_left in (4, 3, 2, 1):
        assert f"还可以再试{tries_left}次" in enter(phone, "000000").content.decode()
    last = enter(phone, "000000")
    assert "密码连续输错5次" in last.content.decode()
    assert "请联系括苍社区" in last.content.decode()
    assert not last.cookies["liren-phone"].value
    assert Phone.objects.get().ended_because == "pin"
    with pytest.raises(phone_actions.PhoneNotValid):
        phone_actions.open_phone(secret=secret, pin=PIN)
    assert words_logged()[2:] == [f"手机密码输错，连续第{n}次" for n in range(1, 6)]


@pytest.mark.django_db
def test_correct_pin_resets_failures_and_extends_the_binding(phone):
    Phone.objects.update(failures=4, until=timezone.now() + datetime.timedelta(hours=1))
    enter(phone, PIN)
    row = Phone.objects.get()
    assert row.failures == 0
    assert row.until > timezone.now() + datetime.timedelta(days=89)


@pytest.mark.django_db
def test_unused_phone_binding_expires(phone):
    Phone.objects.update(until=timezone.now())
    answer = phone.get("/head/", follow=True)
    assert "超过90天没有使用" in answer.content.decode()


# What it opens


@pytest.mark.django_db
def test_pin_session_has_head_role_only(house, cast):
    """A user who is staff and head gets no register by PIN."""
    user = cast["staff"]
    RoleAssignment.objects.create(user=user, role="head", community=house.kuocang, stairwell=house.first)
    phone = bind(link_for(house, user, cast["director"]))
    assert phone.get("/head/").status_code == 302
    assert phone.get("/accounts/sessions/").status_code == 200
    assert phone.get("/p/kuocang/").status_code == 200
    for page in ("/c/kuocang/", "/c/kuocang/people/", "/home/", "/accounts/password/", "/street/"):
        answer = phone.get(page)
        assert answer.status_code == 403
        assert "手机密码只能打开" in answer.content.decode()
    phone.post("/accounts/logout/")
    assert phone.get("/c/kuocang/").status_code == 302


@pytest.mark.django_db
def test_phone_binding_is_limited_to_its_community(house, cast):
    """Each community binds its own phone; a slip gives no access elsewhere."""
    user = cast["head"]
    RoleAssignment.objects.create(user=user, role="head", community=house.beizheng, stairwell=house.second)
    phone = bind(link_for(house, user, cast["staff"]))
    phone.get("/head/")
    answer = phone.get("/head/", follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"{house.first.uuid}/")


@pytest.mark.django_db
def test_former_head_gets_an_explanation(phone, house, cast):
    house.kuocang.hotline = "0578-2000000"
    house.kuocang.save()
    cast["head"].assignments.update(end=timezone.localdate() - datetime.timedelta(days=1))
    answer = phone.get("/head/")
    assert answer.status_code == 403
    assert "您目前没有负责的楼道" in answer.content.decode()
    assert "0578-2000000" in answer.content.decode()


@pytest.mark.django_db
def test_first_head_page_load_is_below_size_limit(phone, house):
    """150 kB over a weak connection, here not even compressed: thirty doors, style, script and icon."""
    Dwelling.objects.bulk_create(
        Dwelling(
            community=house.kuocang, building=house.building, stairwell=house.first, room=str(200 + n)
        ).place()
        for n in range(30)
    )
    page = phone.get("/head/", follow=True).content
    names = re.findall(r'(?:src|href)="/static/([^"]+)"', page.decode())
    assert len(names) >= 3
    assert len(page) + sum(Path(finders.find(name)).stat().st_size for name in names) < 150_000


# Its end


@pytest.mark.django_db
def test_lost_phone_is_revoked_in_one_click(phone, staff, cast):
    row, secret = Phone.objects.get(), phone.cookies["liren-phone"].value
    assert "手机绑定已解除，立即生效" in staff.post(f"{LIST}{row.pk}/end/", follow=True).content.decode()
    answer = phone.get("/head/", follow=True)
    assert "这部手机的绑定已解除" in answer.content.decode()
    with pytest.raises(phone_actions.PhoneNotValid):
        phone_actions.open_phone(secret=secret, pin=PIN)
    row.refresh_from_db()
    assert (row.ended_by, row.ended_because) == (cast["staff"], "staff")
    assert words_logged()[-1] == "解除head某的手机绑定"


@pytest.mark.django_db
def test_phone_of_another_community_is_404(phone, client, cast):
    row = Phone.objects.get()
    client.force_login(cast["stranger"])
    assert client.post(f"/c/beizheng/phones/{row.pk}/end/").status_code == 404
    assert phone.get("/head/reports/").status_code == 200


@pytest.mark.django_db
def test_binding_another_phone_revokes_the_first(phone, house, cast):
    bind(link_for(house, cast["head"], cast["staff"]))
    assert "您已绑定另一部手机" in phone.get("/head/", follow=True).content.decode()


@pytest.mark.django_db
def test_head_can_revoke_own_phone_only(phone, house, cast):
    bind(link_for(house, cast["head2"], cast["staff"]))
    own_phone, other = Phone.objects.order_by("pk")
    assert "括苍社区<span" in phone.get("/accounts/sessions/").content.decode()
    assert phone.post(f"/accounts/phone/{other.pk}/end/").status_code == 404
    phone.post(f"/accounts/phone/{own_phone.pk}/end/")
    assert phone.get("/head/").url == "/accounts/phone/?next=/head/"


# Guesses at once


@pytest.fixture
def last_try(house, cast, monkeypatch):
    """With one try left, send two guesses concurrently; returns how many were compared."""
    monkeypatch.setattr("portal.audit.access_log.CONNECTION_ALIAS", "default")
    secret = bind(link_for(house, cast["head"], cast["staff"])).cookies["liren-phone"].value
    Phone.objects.update(failures=phone_actions.TRIES - 1)
    compared = []

    def guess_twice(compare) -> int:
        start = threading.Barrier(2)

        def guess() -> None:
            try:
                start.wait(timeout=10)
                phone_actions.open_phone(secret=secret, pin="000000")
            except phone_actions.PhoneError:
                pass
            finally:
                connections.close_all()

        def counted(pin, encoded):
            compared.append(pin)
            compare()
            return False

        monkeypatch.setattr(phone_actions, "check_password", counted)
        threads = [threading.Thread(target=guess) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return len(compared)

    return guess_twice


@pytest.mark.django_db(transaction=True)
def test_concurrent_pin_guesses_are_all_counted(last_try):
    assert last_try(lambda: None) == 1
    assert Phone.objects.get().ended_because == "pin"


@pytest.mark.django_db(transaction=True)
def test_negative_control_concurrent_guesses_without_the_lock(last_try, monkeypatch):
    """Negative control: both read the row before either is counted."""
    monkeypatch.setattr(
        phone_actions, "_phones_for_update", lambda *also: Phone.objects.select_related("user", "community")
    )
    both_have_read = threading.Barrier(2)
    assert last_try(lambda: both_have_read.wait(timeout=10)) == 2
