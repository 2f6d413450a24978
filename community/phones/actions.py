"""Phones of building heads and party members: bind by a printed one-time link, sign in by PIN, revoke."""

import datetime
import re
import secrets
import unicodedata
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from community.accounts.actions import LINK_DAYS, create_account, grant_role, new_token
from community.accounts.models import User
from community.phones.heads import Head
from community.phones.models import Phone
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.crypto.vault import blind_index

DAYS = 90
"""Days for which a phone stays bound after its last use."""
TRIES = 5
"""Consecutive wrong PINs that end the binding."""
PIN_LENGTH = 6
_RUNS = "01234567890 98765432109"


class PhoneError(Exception):
    """A phone that cannot be bound or used. The text is the sentence to show."""


class WeakPin(PhoneError):
    """The PIN is easy to guess."""


class WrongPin(PhoneError):
    """Wrong PIN, with tries left."""


class PhoneNotValid(PhoneError):
    """The link or phone is no longer valid. `phone` is the row, if there is one."""

    def __init__(self, sentence: str, phone: Phone | None = None):
        super().__init__(sentence)
        self.phone = phone


@dataclass(frozen=True, slots=True)
class PhoneSlip:
    """Printed slip of one user. Only the token's hash is stored. `places`: what they are in charge of, or their branch."""

    phone: Phone
    places: tuple[str, ...]
    token: str


def issue_slip(*, head: Head, community, by: User) -> PhoneSlip:
    """Issue a one-time link that binds a phone of this head, and invalidate earlier slips.

    An appointed head without an account gets one, with the head's role at the places of the appointments. Raises
    AccountError.
    """
    with transaction.atomic():
        user = head.user or create_account(name=head.name, person=head.person)
        for place in head.places_without_role:
            grant_role(user=user, role="head", community_id=community.id, by=by, **place.as_keyword)
        places = tuple(place.name for place in head.places)
        return issue_slip_to(user=user, places=places, community=community, by=by)


def issue_slip_to(*, user: User, places: tuple[str, ...], community, by: User) -> PhoneSlip:
    """Issue a one-time link that binds a phone of this user, and invalidate earlier slips."""
    token = new_token()
    now = timezone.now()
    with transaction.atomic():
        unused = Phone.objects.of(community).filter(user=user).printed()
        unused.update(ended_at=now, ended_by=by, ended_because=Phone.Ended.REPLACED)
        phone = Phone.objects.create(
            community_id=community.id,
            user=user,
            issued_by=by,
            link_hash=hash_link(token),
            link_until=now + datetime.timedelta(days=LINK_DAYS),
        )
    _log(phone, by, f"打印{user.name}的绑定单")
    return PhoneSlip(phone, places, token)


def find_slip(token: str) -> Phone:
    """Usable slip of this link. Raises PhoneNotValid."""
    phone = Phone.objects.select_related("user", "community").filter(link_hash=hash_link(token)).first()
    return _usable_slip(phone)


def bind_phone(*, token: str, pin: str) -> tuple[Phone, str]:
    """Bind a phone by its slip; returns the phone and its secret, of which only the hash is stored.

    Replaces another bound phone of the same user in this community. Raises PhoneNotValid and WeakPin.
    """
    pin = read_pin(pin)
    check_pin(pin)
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        # Serialises two phones that use one slip, and two slips of one user.
        phone = _phones_for_update("user").filter(link_hash=hash_link(token)).first()
        _usable_slip(phone)
        earlier = Phone.objects.of(phone.community).filter(
            user=phone.user, bound_at__isnull=False, ended_at__isnull=True
        )
        earlier.update(ended_at=now, ended_by=phone.user, ended_because=Phone.Ended.REPLACED)
        phone.token_hash = hash_token(secret)
        phone.pin = make_password(pin)
        phone.bound_at = phone.used_at = now
        phone.until = now + datetime.timedelta(days=DAYS)
        phone.save(update_fields=["token_hash", "pin", "bound_at", "used_at", "until"])
    _log(phone, phone.user, "绑定手机")
    return phone, secret


def find_phone(secret: str) -> Phone:
    """Usable bound phone of this secret. Raises PhoneNotValid."""
    phone = Phone.objects.select_related("user", "community").filter(token_hash=hash_token(secret)).first()
    return _usable_phone(phone)


def open_phone(*, secret: str, pin: str) -> Phone:
    """Check the PIN and extend the binding by 90 days. Raises PhoneNotValid and WrongPin; failures are counted.

    The row is locked while failures are counted, so concurrent guesses are serialised.
    """
    now = timezone.now()
    with transaction.atomic():
        phone = _phones_for_update().filter(token_hash=hash_token(secret)).first()
        _usable_phone(phone)
        right = check_password(read_pin(pin), phone.pin)
        if right:
            phone.failures, phone.used_at = 0, now
            phone.until = now + datetime.timedelta(days=DAYS)
        else:
            phone.failures += 1
            if phone.failures >= TRIES:
                phone.ended_at, phone.ended_because = now, Phone.Ended.PIN
        phone.save(update_fields=["failures", "used_at", "until", "ended_at", "ended_because"])
    if right:
        return phone
    _log(phone, phone.user, f"手机密码输错，连续第{phone.failures}次")
    if phone.ended_at:
        raise PhoneNotValid(_why_over(phone), phone)
    raise WrongPin(f"密码不正确，还可以再试{TRIES - phone.failures}次。")


def end_phone(*, phone: Phone, by: User) -> bool:
    """Revoke a phone or an unused slip, from that phone's next request on. False if it had ended already."""
    is_own = phone.user_id == by.pk
    ended = Phone.objects.filter(pk=phone.pk, ended_at__isnull=True).update(
        ended_at=timezone.now(), ended_by=by, ended_because=Phone.Ended.OWN if is_own else Phone.Ended.STAFF
    )
    if ended:
        noun = "手机绑定" if phone.bound_at else "绑定单"
        _log(phone, by, f"解除{phone.user.name}的{noun}")
    return bool(ended)


def read_pin(text: str) -> str:
    """Normalise a typed PIN: full-width digits and blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def check_pin(pin: str) -> None:
    """Refuse PINs that are easy to guess. Raises WeakPin."""
    if not re.fullmatch(f"[0-9]{{{PIN_LENGTH}}}", pin):
        raise WeakPin(f"请输入{PIN_LENGTH}位数字。")
    repeats = any(pin == pin[:length] * (PIN_LENGTH // length) for length in (1, 2, 3))
    halves = pin[0] * 3 == pin[:3] and pin[3] * 3 == pin[3:]
    if repeats or halves or pin in _RUNS or _is_birthday(pin):
        raise WeakPin("这个密码容易被猜到，请换一个：不用连号、重复的数字和生日。")


def _is_birthday(pin: str) -> bool:
    """Whether the digits can be a date (631208, 081263) or a month (196312)."""
    readings = {(19, pin), (20, pin), (19, pin[4:] + pin[2:4] + pin[:2]), (20, pin[4:] + pin[2:4] + pin[:2])}
    days = {f"{century}{digits}" for century, digits in readings}
    if pin[:2] in ("19", "20"):
        days.add(f"{pin}01")
    return any(_is_day(day) for day in days)


def _is_day(digits: str) -> bool:
    try:
        datetime.datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return True


def _phones_for_update(*also: str):
    return Phone.objects.select_for_update(of=("self", *also)).select_related("user", "community")


def _usable_slip(phone: Phone | None) -> Phone:
    if phone is None or not phone.user.is_active:
        raise PhoneNotValid("绑定链接不正确，请核对是否完整，或重新扫描绑定单上的二维码。")
    if phone.bound_at:
        raise PhoneNotValid("这张绑定单已经用过。每张只能绑定一部手机，请联系社区重新打印。", phone)
    if not phone.is_open:
        raise PhoneNotValid("这张绑定单已经失效，请联系社区重新打印。", phone)
    if not phone.gives_access:
        raise PhoneNotValid(_NO_PLACES, phone)
    return phone


def _usable_phone(phone: Phone | None) -> Phone:
    if phone is None:
        raise PhoneNotValid("这部手机还没有绑定，请扫描社区打印的绑定单。")
    if not phone.is_open or not phone.user.is_active:
        raise PhoneNotValid(_why_over(phone), phone)
    if not phone.gives_access:
        raise PhoneNotValid(_NO_PLACES, phone)
    return phone


_NO_PLACES = "您目前没有负责的楼道，也没有党员岗位，不能用手机进入。如果有变动，请联系社区核对。"


def _why_over(phone: Phone) -> str:
    if phone.ended_because == Phone.Ended.PIN:
        return f"密码连续输错{TRIES}次，为保护居民信息，这部手机的绑定已解除。"
    if phone.ended_because == Phone.Ended.REPLACED:
        return "您已绑定另一部手机，这部手机的绑定已解除。"
    if phone.ended_because or not phone.user.is_active:
        return "这部手机的绑定已解除。"
    return f"超过{DAYS}天没有使用，这部手机的绑定已到期。"


def hash_link(token: str) -> str:
    return blind_index(token.strip().upper(), "community_phone.link").hex()


def hash_token(secret: str) -> str:
    return blind_index(secret, "community_phone.token").hex()


def _log(phone: Phone, by: User, words: str) -> None:
    access_log.log_access(
        community_id=phone.community_id,
        user_id=by.pk,
        action=AccessLog.Action.PHONE,
        subject=Phone.stored_label,
        ids=[phone.pk],
        reason=words,
    )
