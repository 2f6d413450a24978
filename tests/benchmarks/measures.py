"""What is measured, against what, and the bar it must clear."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.communities.models import Community
from community.people.models import Person
from portal.access.db_scope import scope
from tests.benchmarks import beside
from tests.benchmarks.references import PersonResource, changelist
from tests.benchmarks.sizes import SIZES

HOST = {"HTTP_HOST": "127.0.0.1"}
BARE = "/c/bench0/bare/"
PEOPLE = "/c/bench0/people/"
NOBODY = "?state=dead"
BOX = "/c/bench0/search/"
COLUMNS = ("name sex age birth_year place_label state id_mask phone ethnic registered_place").split()
PAGES = {
    "list": "",
    "search by name": "?q=张伟",
    "search by pinyin": "?q=zhangwei",
    "search by initials": "?q=zw",
    "search by phone": "?q=13000",
    "filter lives here": "?state=living",
    "filter separated": "?state=separated",
    "filter age 60–79": "?age=60-79",
    "sorted by age": "?sort=age",
    "by household": "?sort=household",
    "last page": f"?page={SIZES.community // 50}",
}

REQUESTS = "/c/bench0/requests/"
REQUEST_PAGES = {
    "list": "",
    "open": "?state=open",
    "overdue": "?state=overdue",
    "mine": "?state=mine",
    "satisfied": "?state=satisfied",
    "category": "?category=noise",
    "channel": "?channel=hotline",
    "received in October": "?received_at_from=2026-10-01&received_at_to=2026-10-31",
    "rating": "?rating=satisfied",
    "search": "?q=漏水",
    "sorted by number": "?sort=-number",
    "last page": f"?page={SIZES.community // 50}",
}
FRAME_QUERIES = 2
"""One for the number beside 待办, and one for what the user has pinned and opened."""


@dataclass
class Measure:
    """One line of the table. `bar` bounds the ratio `value / reference`: at most, or at least with `floor`."""

    name: str
    value: float
    unit: str
    reference: float
    ratio: float
    bar: str
    ok: bool


def at_most(name: str, value: float, reference: float, bar: float, unit: str = "ms") -> Measure:
    """Ours may take `bar` times the reference."""
    ratio = value / reference
    return Measure(
        name, round(value, 2), unit, round(reference, 2), round(ratio, 2), f"≤ {bar}", ratio <= bar
    )


def at_least(name: str, value: float, reference: float, bar: float, unit: str) -> Measure:
    """Ours must reach `bar` times the reference."""
    ratio = value / reference
    return Measure(
        name, round(value, 2), unit, round(reference, 2), round(ratio, 2), f"≥ {bar}", ratio >= bar
    )


def faster(name: str, value: float, reference: float, bar: float, unit: str = "ms") -> Measure:
    """The reference must take at least `bar` times ours."""
    ratio = reference / value
    return Measure(
        name, round(value, 2), unit, round(reference, 2), round(ratio, 2), f"≥ {bar}", ratio >= bar
    )


def as_rows(measures: list[Measure]) -> list[dict]:
    return [asdict(measure) for measure in measures]


def best(times: int, *calls: Callable[[], object]) -> list[float]:
    """Milliseconds of the fastest run of each call, in turn: other load on the machine only adds.

    The first run, in which things are read and remembered for the others, seldom is the quickest.
    """
    best_times = [float("inf")] * len(calls)
    for _ in range(1 + min(times, SIZES.rounds)):
        for number, call in enumerate(calls):
            started = time.perf_counter()
            call()
            best_times[number] = min(best_times[number], (time.perf_counter() - started) * 1000)
    return best_times


class Browser:
    """The director's signed-in session, through the whole middleware and the runtime login."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def get(self, path: str):
        response = self.client.get(path, **HOST)
        assert response.status_code == 200, (path, response.status_code)
        return response

    def page(self, query: str = "") -> Callable:
        return lambda: self.get(PEOPLE + query)

    def type(self, words: str) -> Callable:
        """The search box of the page head while somebody types."""

        def ask():
            response = self.client.post(BOX, {"q": words}, headers={"HX-Request": "true"}, **HOST)
            assert response.status_code == 200, response.status_code

        return ask

    def choose(self, **data) -> None:
        """Choose columns as on the page 选择列."""
        response = self.client.post(PEOPLE + "columns/", data, **HOST)
        assert response.status_code == 302, response.status_code

    def export(self) -> None:
        response = self.client.post(PEOPLE + "export/", **HOST)
        assert response.status_code == 200, response.status_code
        assert len(response.content) > 10 * SIZES.community


def list_against_bare(browser: Browser) -> list[Measure]:
    browser.choose(column=COLUMNS)
    page = browser.get(PEOPLE).content
    assert page.count(b"<tr>") == 1 + 50, "header and rows"
    assert page.count(b"<td") >= 50 * len(COLUMNS), "cells"
    assert page.count(b"<select") == 4, "filters"
    assert browser.get(PEOPLE + NOBODY).content.count(b"<tr>") <= 1, "no rows"
    portal, empty, bare = best(80, browser.page(), browser.page(NOBODY), lambda: browser.get(BARE))
    queries = len(_queries_of(browser, PEOPLE))
    return [
        at_most("list of 50 / same page without rows", portal, empty, 2.5),
        at_most("list of 50 / same page without rows and filters", portal, bare, 2.5),
        at_most("queries of the list", queries, 8 + FRAME_QUERIES, 1, "queries"),
    ]


def _queries_of(browser: Browser, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        browser.get(path)
    return [q["sql"] for q in captured.captured_queries if _is_query(q["sql"])]


def chart_against_list(browser: Browser, address: str) -> list[Measure]:
    browser.choose(column=COLUMNS)
    assert browser.get(address).content.count(b'class="door m-') >= 200, "doors"
    chart, listed = best(40, lambda: browser.get(address), browser.page())
    return [at_most("楼幢图 of 200 doors / list of 50", chart, listed, 2)]


def _is_query(sql: str) -> bool:
    """Whether a statement is more than the beginning of a transaction or the settings of its scope."""
    return (
        not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"))
        and "set_config" not in sql
    )


def export_against_import_export(browser: Browser) -> list[Measure]:
    """Both in the director's scope, the people of one community with all columns an export has."""
    browser.choose(reset="1")
    community = Community.objects.using("owner").get(code="bench0").pk

    def theirs():
        with scope(communities=[community]):
            people = Person.objects.filter(community_id=community).order_by("name_key", "id")
            PersonResource().export(people).export("xlsx")

    portal, reference = best(3, browser.export, theirs)
    return [faster(f"XLSX of {SIZES.community:,} people / django-import-export", portal, reference, 5)]


def memory_of_exports(codes: list[tuple[str, int]]) -> list[Measure]:
    """The most memory that the job of an export took, each in a process of its own."""
    small, large = (
        int(
            subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.memory", code, str(people)],
                check=True,
                stdout=subprocess.PIPE,
            ).stdout
        )
        for code, people in codes
    )
    name = f"memory of an XLSX of {SIZES.large:,} people / {SIZES.community:,}"
    return [at_most(name, large / 1e6, small / 1e6, 1.2, "MB")]


def growth(browser: Browser) -> list[Measure]:
    """Every page of the lists here and in the small database, taken in turn by two processes: both meet the same machine."""
    browser.choose(column=COLUMNS)
    pages = {f"{name}, %s people": PEOPLE + query for name, query in PAGES.items()}
    pages |= {f"requests: {name}, %s": REQUESTS + query for name, query in REQUEST_PAGES.items()}
    with beside.small_portal() as small:
        large_pages = [partial(browser.get, path) for path in pages.values()]
        small_pages = [partial(small, path) for path in pages.values()]
        # Round by round through all pages, so that a busy second does not fall on one page alone.
        times = best(30, *(call for pair in zip(large_pages, small_pages, strict=True) for call in pair))
    sizes = f"{SIZES.total:,} / {SIZES.community:,}"
    return [
        at_most(name % sizes, large_time, reference, 1.3)
        for name, large_time, reference in zip(pages, times[::2], times[1::2], strict=True)
    ]


def queries_of_requests(browser: Browser) -> list[Measure]:
    """The list of requests with each filter, and its queries at most, the frame's among them; each page has rows."""
    counts = []
    for query in REQUEST_PAGES.values():
        assert browser.get(REQUESTS + query).content.count(b"<tr>") > 1, query
        counts.append(len(_queries_of(browser, REQUESTS + query)))
    return [at_most("queries of the list of requests", max(counts), 8, 1, "queries")]


def box_against_list(browser: Browser) -> list[Measure]:
    """The box, which asks every noun, against a search in the list of people."""
    box, listed = best(30, browser.type("张伟"), browser.page("?q=张伟"))
    return [at_most("search box while typing / search in the list", box, listed, 2)]


def against_admin(browser: Browser) -> list[Measure]:
    """Django admin's changelist on the same table, as a developer has it: every community's people."""
    connections["owner"].ensure_connection()
    listed, admin_listed = best(3, browser.page(), lambda: changelist(""))
    portal, admin = best(3, browser.page("?q=张伟"), lambda: changelist("?q=张伟"))
    return [
        faster("list / Django admin's changelist", listed, admin_listed, 10),
        faster("search / Django admin's search_fields", portal, admin, 20),
    ]
