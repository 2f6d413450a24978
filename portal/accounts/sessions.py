"""Sessions of one user, for the page on which the user sees and ends them."""

import datetime
import hashlib
import time
from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One session of the user. `name` is a hash of the session key, which no page shows."""

    name: str
    device: str
    address: str
    started_at: datetime.datetime
    seen_at: datetime.datetime
    is_current: bool


PHONE = "phone"
"""Session key for the id of the bound phone by whose PIN the session was opened."""


def begin(request) -> None:
    """Record start time, device and address in a new session."""
    now = int(time.time())
    request.session["started_at"] = request.session["seen_at"] = now
    request.session["device"] = "手机" if "Mobile" in request.headers.get("User-Agent", "") else "电脑"
    request.session["address"] = request.META.get("REMOTE_ADDR", "")


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _of(user):
    """Sessions of `user` with their data. Django stores no user with a session, so all sessions are decoded."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk):
            yield session, data


def own_sessions(request) -> list[OwnSession]:
    """Sessions of the request's user, the most recently used first."""
    sessions = [
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
    return sorted(sessions, key=lambda session: session.seen_at, reverse=True)


def _moment(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)


def end_session(request, name: str) -> bool:
    """End one of the user's own sessions; False if there is none of that name."""
    for session, _ in _of(request.user):
        if _name(session.session_key) == name:
            session.delete()
            return True
    return False
