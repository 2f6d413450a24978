"""One portal for all browser tests, and a window for each person who takes part."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.portal import running_portal
from tests.browser.visitor import Visitor

STATE = Path(os.environ["LIREN_VAR"]) / "browser"
CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run"
    " --disable-component-update --disable-sync"
).split()
PATIENCE_MS = 60_000
"""A machine that does other work besides is slow; what never comes is still noticed."""


@pytest.fixture(scope="session")
def portal():
    """Started once, because loading the demo communities takes half a minute."""
    with running_portal(STATE) as running:
        yield running


@pytest.fixture(scope="module")
def chromium():
    """Not for the session: while Playwright runs, Django takes this thread for an asynchronous one (no ORM)."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def width(request) -> int:
    """Width of the windows, in CSS pixels; a test says on which screen it is done."""
    return request.param


@pytest.fixture
def windows() -> list[Visitor]:
    """The windows open in this test."""
    return []


@pytest.fixture
def visitor(portal, chromium, width, windows):
    """Open a window for another person, also one of another width. A problem in any of them fails the test."""
    contexts = []

    def open_window(width: int = width) -> Visitor:
        is_phone = width < 768
        contexts.append(
            chromium.new_context(
                base_url=portal.url,
                viewport={"width": width, "height": 844 if is_phone else 768},
                is_mobile=is_phone,
                has_touch=is_phone,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
        )
        contexts[-1].set_default_timeout(PATIENCE_MS)
        windows.append(Visitor(contexts[-1], width))
        return windows[-1]

    yield open_window
    problems = [line for window in windows for line in window.trouble]
    for context in contexts:
        context.close()
    assert not problems
    assert not portal.errors()


def pytest_exception_interact(node, report):
    """Keep a picture of every window of a test that failed."""
    if getattr(report, "when", "") != "call":
        return
    for number, window in enumerate(node.funcargs.get("windows", ()), start=1):
        path = STATE / f"{re.sub(r'[^a-z0-9_]+', '-', node.name)}-{number}.png"
        window.page.screenshot(path=path, full_page=True)
        report.sections.append(("screenshot", str(path)))
