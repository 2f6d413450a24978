"""The sessions of one user: seen and ended by their owner."""

import datetime
import hashlib
import time
from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One place where the user is signed in. `name` stands for the session's key, which no page shows."""

    name: str
    device: str
    address: str
    started_at: datetime.datetime
    seen_at: datetime.datetime
    is_current: bool


PHONE = "phone"
"""In sessions opened by the PIN of a bound phone: which one."""


def begin(request) -> None:
    """Say in a session that was just opened when and where that was."""
    now = int(time.time())
    request.session["started_at"] = request.session["seen_at"] = now
    request.session["device"] = "手机" if "Mobile" in request.headers.get("User-Agent", "") else "电脑"
    request.session["address"] = request.META.get("REMOTE_ADDR", "")


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _of(user):
    """Sessions of `user` with their contents. Django keeps no user beside a session, so all are looked into."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk):
            yield session, data


def own_sessions(request) -> list[OwnSession]:
    """Where the user of this request is signed in, the latest use first."""
    found = [
        OwnSession(
            _name(session.session_key),
            data.get("device", ""),
            data.get("address", ""),
            _moment(data.get("started_at", 0)),
            _moment(data.get("seen_at", 0)),
            session.session_key == request.session.session_key,
        )
        for session, data in _of(request.user)
    ]
    return sorted(found, key=lambda session: session.seen_at, reverse=True)


def _moment(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)


def end_session(request, name: str) -> bool:
    """End one of the user's own sessions; False when there is none of that name."""
    for session, _ in _of(request.user):
        if _name(session.session_key) == name:
            session.delete()
            return True
    return False
