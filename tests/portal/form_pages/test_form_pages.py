"""Form pages: sent twice, the end of a session, somebody else's change, the draft's owner and its end."""

import datetime
import re
import uuid

import pytest
from django.conf import settings
from django.db import ProgrammingError, transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from community.communities.models import Community
from community.units.models import Unit
from portal.access.db_scope import APP, HEAD, PUBLIC, STREET, scope
from portal.form_pages import drafts
from portal.form_pages.addresses import LAST_USER
from portal.form_pages.hooks import delete_expired_drafts
from portal.form_pages.models import Draft
from portal.forms.models import Submission
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db

PROFILE = "/c/kuocang/profile/"
UNITS = "/c/kuocang/units/new/"


def hidden(answer, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]+)"', answer.content.decode()).group(1)


def profile(client) -> dict:
    """The profile's form as it is shown."""
    form = client.get(PROFILE).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


@pytest.fixture
def director(cast):
    client = Client()
    client.force_login(cast["director"])
    return client


def end_session(client) -> None:
    session = client.session
    session["seen_at"] = 0
    session.save()


def sign_in(client, address: str, user) -> str:
    """Sign in on the page that `address` names; the page it leads to."""
    answer = client.post(address, {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_typed_text_survives_the_end_of_the_session(director, cast):
    typed = {"name": "新源超市", "note": "老板娘姓周", "token": hidden(director.get(UNITS), "token")}
    end_session(director)
    answer = director.post(UNITS, typed)
    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert not Unit.objects.filter(name="新源超市").exists()
    assert b"\xe6\x96\xb0\xe6\xba\x90" not in bytes(Draft.objects.get().content)
    page = director.get(sign_in(director, answer.headers["Location"], cast["director"]))
    assert page.status_code == 200
    assert page.context["form"]["name"].value() == "新源超市"
    assert "登录中断前填写的内容还在" in page.content.decode()


def test_typed_text_is_shown_to_nobody_else(director, cast):
    typed = {"name": "新源超市", "token": hidden(director.get(UNITS), "token")}
    end_session(director)
    answer = director.post(UNITS, typed)
    page = director.get(sign_in(director, answer.headers["Location"], cast["staff"]))
    assert "新源超市" not in page.content.decode()
    assert page.context["form"]["name"].value() is None


def test_nothing_is_kept_of_an_unknown_browser(cast):
    client = Client()
    assert client.post(UNITS, {"name": "新源超市"}).status_code == 302
    client.cookies[LAST_USER] = str(cast["director"].pk)  # not signed
    assert client.post(UNITS, {"name": "新源超市"}).status_code == 302
    assert not Draft.objects.exists()


def test_passwords_are_not_kept(director, cast):
    director.get(UNITS)
    end_session(director)
    director.post(
        UNITS, {"name": "新源超市", "password": "geheim", "new_password1": "geheim", "pin": "123456"}
    )
    kept = drafts.read(str(Draft.objects.get().pk), user_id=cast["director"].pk, path=UNITS)
    assert dict(kept.lists()) == {"name": ["新源超市"]}


def test_a_draft_belongs_to_its_page(director, cast):
    director.get(UNITS)
    end_session(director)
    address = director.post(UNITS, {"name": "新源超市"}).headers["Location"]
    sign_in(director, address, cast["director"])
    key = Draft.objects.get().pk
    assert director.get(f"{PROFILE}?draft={key}").context["form"]["name"].value() == "括苍社区"
    assert director.get(f"{UNITS}?draft={key}").context["form"]["name"].value() == "新源超市"
    assert director.get(f"{UNITS}?draft=junk").context["form"]["name"].value() is None


def test_second_lock_of_drafts(house, cast):
    """Under the database role of the pages nobody reads another user's draft."""
    key = Draft.objects.create(user_id=cast["director"].pk, path=UNITS, content=b"-").pk
    community = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    with scope(APP, user_id=cast["staff"].pk, **community):
        assert not Draft.objects.filter(pk=key).exists()
        assert Draft.objects.filter(pk=key).update(path="/") == Draft.objects.filter(pk=key).delete()[0] == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Draft.objects.create(user_id=cast["director"].pk, path=UNITS, content=b"-")
    with scope(APP, user_id=cast["director"].pk, **community):
        assert Draft.objects.filter(pk=key).exists()


@pytest.mark.parametrize("role", [HEAD, STREET, PUBLIC])
def test_drafts_are_touched_in_the_scope_of_their_user(cast, role):
    """Whatever the page's own: nobody's when the session has ended."""
    user_id, key = cast["admin"].pk, uuid.uuid4()
    with scope(role):
        drafts.keep(QueryDict("reason=遗失"), key=key, user_id=user_id, path="/")
        assert drafts.read(str(key), user_id=user_id, path="/")["reason"] == "遗失"
        drafts.drop(str(key), user_id=user_id)
        assert drafts.read(str(key), user_id=user_id, path="/") is None
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Draft.objects.exists()


def test_an_edit_sent_twice_saves_once(director):
    typed = profile(director) | {"introduction": "有山有水。"}
    assert director.post(PROFILE, typed).status_code == 302
    again = director.post(PROFILE, typed)
    assert again.status_code == 302
    assert Submission.objects.count() == 1
    assert Community.objects.get(code="kuocang").introduction == "有山有水。"


def test_conflict_shows_both_values_and_goes_on_with_what_was_typed(director):
    mine = profile(director) | {"hotline": "2025678"}
    theirs = profile(director) | {"hotline": "2021234"}
    assert director.post(PROFILE, theirs).status_code == 302
    answer = director.post(PROFILE, mine)
    assert answer.status_code == 409
    assert {"2025678", "2021234"} <= {value for row in answer.context["differences"] for value in row}
    page = director.get(answer.context["again"])
    assert page.context["form"]["hotline"].value() == "2025678"
    form = page.context["form"]
    saved = director.post(answer.context["again"], {name: form[name].value() or "" for name in form.fields})
    assert saved.status_code == 302
    assert Community.objects.get(code="kuocang").hotline == "2025678"
    assert not Draft.objects.exists()


def test_old_drafts_are_deleted(cast):
    old, new = (Draft.objects.create(user_id=1, path="/", content=b"-") for _ in range(2))
    Draft.objects.filter(pk=old.pk).update(kept_at=timezone.now() - datetime.timedelta(hours=25))
    delete_expired_drafts()
    assert set(Draft.objects.values_list("pk", flat=True)) == {new.pk}


def test_the_cookie_opens_nothing(director):
    """It names the last user, signed and for the server only."""
    cookie = director.get(UNITS).cookies[LAST_USER]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) == settings.HTTPS
    stranger = Client()
    stranger.cookies[LAST_USER] = cookie.value
    assert stranger.get(UNITS).status_code == 302
