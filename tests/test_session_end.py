"""What somebody types while the session ends is in the form after signing in: every form of every page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.test_every_form import BY_RIGHTS, few_of_a_kind, opener
from tests.test_matrix import ANYBODY, TABLE
from tests.walker import Form, forms_of, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_contexts")]

TEXTS = ("text", "textarea", "tel")
TYPED = {"number": "7", "date": "2026-01-02", "time": "09:30", "month": "2026-01"}
NOT_KEPT: dict[str, str] = {}
"""Forms whose text is lost, by the name of their URL, with the reason for which that is right."""


def typed_texts(form: Form) -> dict[str, str]:
    """What somebody types: another text into each field."""
    texts = [control.name for control in form.controls if control.kind in TEXTS]
    return {name: f"打到一半{number}" for number, name in enumerate(texts)}


def shown_texts(answer) -> dict[str, str]:
    document = parse(answer)
    forms = forms_of(document, "/") if document is not None else []
    return {control.name: control.value.strip() for form in forms for control in form.controls}


def lost_by(client: Client, user, form: Form) -> str:
    """Send the form after the session ended, and sign in again: what is wrong then."""
    texts = typed_texts(form)
    others = {c.name: c.value for c in form.controls if c.kind in ("hidden", "select", "radio")}
    others |= {c.name: TYPED[c.kind] for c in form.controls if c.kind in TYPED}
    session = client.session
    session["seen_at"] = 0
    session.save()
    answer = client.post(form.url, others | texts)
    if answer.status_code != 302:
        return f"answered {answer.status_code}"
    (address,) = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
    client.force_login(user)
    page = client.get(address)
    if page.status_code != 200:
        return f"leads to {page.status_code}"
    shown = shown_texts(page)
    lost = [name for name, text in texts.items() if shown.get(name) != text]
    return f"lost {', '.join(lost)}" if lost else ""


@pytest.mark.parametrize("who", BY_RIGHTS)
def test_typed_text_survives_the_end_of_the_session(who, cast, addresses):
    client, seen, lost = Client(), set(), []
    client.force_login(cast[who])
    for name, url in few_of_a_kind(addresses, most=1):
        if opener(name) != who or TABLE[name] == ANYBODY:
            continue
        client.force_login(cast[who])
        answer = client.get(url)
        document = parse(answer) if answer.status_code == 200 else None
        if answer.streaming:
            list(answer)  # a file that is not read to its end stays open
        for form in forms_of(document, url) if document is not None else ():
            if form.method != "post" or form.is_search or form.key in seen or not typed_texts(form):
                continue
            seen.add(form.key)
            if name not in NOT_KEPT and (problem := lost_by(client, cast[who], form)):
                lost.append(f"{name} {form.url}: {problem}")
            client.force_login(cast[who])
    assert not lost, "\n".join(lost)
