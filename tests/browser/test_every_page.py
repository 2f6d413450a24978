"""Every page that links lead to, as the people of the demo see it: axe-core finds nothing, and nothing stands out sideways.

A page is looked at once, at both widths, by the first of these people who comes to it. Of the pages that all registers
share, each is looked at for the first few registers; `PAGES=all` takes all of them, which is four minutes more. Pages behind
a POST (previews, confirmations) are those of the other browser tests and not looked at here.
"""

import os
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page, Response

from portal.launch.state import ROOT
from tests.browser.conftest import PATIENCE_MS
from tests.browser.visitor import PASSWORD

PEOPLE = ("director", "supervisor", "staff", "head", "group", "street", "admin", "")
"""Accounts, those who may see most first; the last is signed out."""
STARTS = (
    "/c/kuocang/people/",
    "/",
    "/home/",
    "/home/todo/",
    "/accounts/login/",
    "/accounts/phone/",
    "/track/",
)
WIDTHS = (1366, 390)
OF_A_KIND = 1_000 if os.environ.get("PAGES") == "all" else 4
"""For how many registers a page that they share is looked at."""
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
LOOK = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
    (rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.html.slice(0, 200)}`)
)"""


@pytest.fixture
def looked_at() -> set[str]:
    """Names of the pages that were looked at."""
    return set()


def test_every_page_is_accessible_and_fits(portal, chromium, looked_at):
    problems, of_kind = [], Counter()
    for account in PEOPLE:
        context = chromium.new_context(base_url=portal.url, locale="zh-CN")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        if account:
            _sign_in(page, account)
        for path in _new_pages(page, looked_at, of_kind):
            problems += [f"{account or 'anybody'} {path}: {line}" for line in _problems_on(page)]
        context.close()
    assert problems == []
    # Guard against a walk that visits nothing.
    assert {"community:bulletin_detail", "residents:person_list", "residents:head_doors"} <= looked_at
    assert {
        "community:street_home",
        "community:disclosure_detail",
        "portal:deployment",
    } <= looked_at
    assert len(looked_at) > 70


def _sign_in(page: Page, account: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=username]", account)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_load_state()


def _new_pages(page: Page, looked_at: set[str], of_kind: Counter) -> Iterator[str]:
    """Open one page of every name that links lead to and that nobody has looked at; its path."""
    waiting = deque([urlsplit(page.url).path, *STARTS])
    visited = set()
    while waiting:
        path = waiting.popleft()
        name = _name(path)
        if name is None or name in looked_at or name in visited:
            continue
        visited.add(name)
        kind = getattr(resolve(urlsplit(path).path).func, "view_class", None)
        if kind and of_kind[kind] == OF_A_KIND:
            continue
        try:
            answer = page.goto(path)
        except Error:  # a file to be saved
            continue
        arrived = _name(urlsplit(page.url).path)
        if not _is_page(answer) or arrived in looked_at:
            continue
        looked_at |= {name, arrived}
        of_kind[kind] += 1
        yield path
        links = page.eval_on_selector_all("a[href]", "all => all.map((a) => a.getAttribute('href'))")
        waiting.extend(
            urljoin(page.url, link).removeprefix(urljoin(page.url, "/").rstrip("/")) for link in links
        )


def _name(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def _is_page(answer: Response) -> bool:
    return answer.ok and "text/html" in answer.headers.get("content-type", "")


def _problems_on(page: Page) -> list[str]:
    page.evaluate(f"{AXE};undefined")
    problems = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        problems += [f"at {width} px {line}" for line in page.evaluate(LOOK)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            problems.append(f"{wide} px wide at {width} px")
    return problems
