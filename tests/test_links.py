"""No page links to a page that its reader may not open: pages of the matrix × one reader per distinct set of rights.

One reader of each kind is walked in every run, the others every night. A page that fails as it is laid out fails here.

Every internal address on a page (link, form, htmx, picture) is asked for by the same reader. Whether a page takes only
POST is answered after its right was checked, so a form's address is asked by GET as well.
"""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from portal.access.db_scope import APP, scope
from portal.access.roles import ROLES
from portal.pdf.rendering import PdfError
from residents.care.queries import MODELS
from residents.visits.actions import log_visit
from residents.visits.models import Visit
from tests.addresses import URLS
from tests.house import copy_to_second_community
from tests.test_matrix import CAST, TABLE, _expected
from tests.test_matrix import READERS as OF_EACH_KIND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_contexts")]

# `data-keep-done` leads nowhere: it names a form whose kept text is over.
_ADDRESS = re.compile(
    r'\s(?:href|action|formaction|hx-get|hx-post|src|data-(?!keep-done)[a-z-]+)="([/?][^"]*)"'
)


def readers() -> dict[str, frozenset]:
    """One of the cast for each distinct set of pages that somebody may open, those of the matrix first."""
    by_pages: dict[frozenset, str] = {}
    for who in ["anonymous", *sorted(CAST, key=lambda name: name not in OF_EACH_KIND)]:
        opens = frozenset(route for name, route in URLS if _expected(name, route, who) == {"ok"})
        by_pages.setdefault(opens, who)
    return {who: opens for opens, who in by_pages.items()}


READERS = readers()
WALKED = [who if who in OF_EACH_KIND else pytest.param(who, marks=pytest.mark.nightly) for who in READERS]


@pytest.fixture
def addresses(addresses_of_the_module):
    return addresses_of_the_module


@pytest.fixture
def lively(house, cast, addresses, today):
    """The house with things that pages lead on to: people in care registers, a visit with a need, and a second community."""
    for model in MODELS.values():
        model.objects.update(end=None)
    reach = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    with scope(APP, **reach, rights=ROLES["civil"].permissions, user_id=cast["civil"].pk):
        log_visit(by=cast["civil"], visit=Visit.objects.get(), done_on=today, found="见到户主", need="缺课本")
    copy_to_second_community(house)
    return addresses


def targets_on(page: str, url: str) -> set[str]:
    """Internal link targets of a page; query-only ones are resolved against the page."""
    targets = (html.unescape(target).partition("#")[0] for target in _ADDRESS.findall(page))
    return {
        f"{urlsplit(url).path}{target}" if target.startswith("?") else target
        for target in targets
        if not target.startswith(("/static/", "//"))
    }


def key_of(target: str) -> tuple:
    """Cache key of a target: URLs that differ only in query values need the same rights."""
    parts = urlsplit(target)
    return parts.path, frozenset(parse_qs(parts.query))


def _no_pdf(*args, **kwargs):
    """Papers are not laid out: whether they may be asked for was decided before."""
    raise PdfError


def problem_of(client: Client, target: str, monkeypatch) -> str:
    """Why the reader cannot open a target; empty if they can."""
    with monkeypatch.context() as patch:
        if "?" not in target:  # of a list with conditions the page says whether they could be used
            patch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
            patch.setattr("portal.pdf.rendering.pdf_from_html", _no_pdf)
        answer = client.get(target)
    if answer.streaming:
        list(answer)
        return ""
    if answer.status_code == 302 and answer.url.startswith("/accounts/login/"):
        return "login"
    if answer.status_code in (403, 404):
        return str(answer.status_code)
    if "您无权使用" in answer.content.decode(errors="replace"):
        return "a condition without the right"
    return ""


@pytest.mark.parametrize("who", WALKED)
def test_no_page_links_to_a_forbidden_page(who, cast, lively, monkeypatch):
    client = Client()
    if who != "anonymous":
        client.force_login(cast[who])
    answers: dict[tuple, str] = {}
    wrong: dict[str, dict[str, str]] = {}
    pages = 0
    for _, route, url in lively:
        if route not in READERS[who]:
            continue
        answer = client.get(url)
        answers[key_of(url)] = ""
        if answer.streaming:
            list(answer)  # a file that is not read to its end stays open
            continue
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        pages += 1
        for target in targets_on(answer.content.decode(), url):
            key = key_of(target)
            if key not in answers:
                answers[key] = problem_of(client, target, monkeypatch)
            if answers[key]:
                wrong.setdefault(answers[key] + " " + target, []).append(route)
    assert pages
    assert {target: routes[:2] for target, routes in wrong.items()} == {}


def test_every_distinct_reader_is_walked():
    assert {"anonymous", "admin"} <= set(READERS)
    assert len(READERS) > 8
    assert set().union(*READERS.values()) >= {
        route for name, route in URLS if TABLE[name] and "<" not in route and route.startswith("c/")
    }
