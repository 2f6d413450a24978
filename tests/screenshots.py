"""The README's pictures, taken from a fresh demo: `python -m tests.screenshots` (`make pictures`).

PNG with a palette of few colours, so that three of them stay far below 600 kB. Dates in them are those of the day.
"""

import os
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests import database

FOLDER = database.ROOT / "docs" / "images"
COLOURS = 128
DESK, PHONE = {"width": 1280, "height": 760}, {"width": 390, "height": 760}
PICTURES = (
    # name, account, path, window
    ("desk", "staff", "/c/kuocang/", DESK),
    ("register", "staff", "/c/kuocang/people/", DESK),
    ("phone", "head", "/head/", PHONE),
)


def take(browser: Browser, url: str, name: str, username: str, path: str, window: dict[str, int]) -> None:
    context = browser.new_context(
        base_url=url,
        viewport=window,
        is_mobile=window is PHONE,
        reduced_motion="reduce",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", "liren-demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    page.goto(path)
    page.evaluate("document.activeElement.blur()")
    target = FOLDER / f"{name}.png"
    page.screenshot(path=target, animations="disabled", caret="hide")
    context.close()
    picture = Image.open(target).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(target, optimize=True)


def main() -> None:
    from tests.browser.conftest import CHROMIUM, SWITCHES
    from tests.browser.portal import running_portal

    FOLDER.mkdir(exist_ok=True)
    with (
        running_portal(Path(os.environ["LIREN_VAR"]) / "pictures") as portal,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for picture in PICTURES:
            take(browser, portal.url, *picture)
        browser.close()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    try:
        database._make_template()
        main()
    finally:
        database.pytest_unconfigure()
