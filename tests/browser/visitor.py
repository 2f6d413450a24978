"""A browser window and the actions of a person in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Download, Locator, Response, expect

PASSWORD = "liren-demo"
TABS_AT_MOST = 150


class Visitor:
    """Clicks, types and looks. What goes wrong in the window is gathered in `trouble`; `loads` counts the pages shown."""

    def __init__(self, context: BrowserContext, width: int):
        self.width = width
        self.trouble: list[str] = []
        self.loads = 0
        self._open_tab(context)

    def _open_tab(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.trouble.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.trouble.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        is_redirect = 300 <= response.status < 400
        if response.request.is_navigation_request() and not is_redirect:
            self.loads += 1
        if response.status >= 500:
            self.trouble.append(f"{response.url}: {response.status}")

    # Where am I?

    def opens(self, path: str) -> None:
        self.page.goto(path)

    def reopens(self, path: str) -> None:
        """The tab is killed; another one opens this page."""
        context = self.page.context
        self.page.close()
        self._open_tab(context)
        self.opens(path)

    @contextmanager
    def without_network(self) -> Iterator[None]:
        """Nothing can be sent; what the console says of that is no trouble."""
        heard = len(self.trouble)
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)
        del self.trouble[heard:]

    @contextmanager
    def being_refused(self) -> Iterator[None]:
        """The portal refuses what is sent (a status of 400 to 499); what the console says of that is no trouble."""
        heard = len(self.trouble)
        yield
        said = self.trouble[heard:]
        assert all("status of 4" in line for line in said), said
        del self.trouble[heard:]

    def arrives_at(self, heading: str | re.Pattern) -> None:
        """Assert that the page with this heading is shown without horizontal overflow."""
        expect(self.main.get_by_role("heading", level=1)).to_have_text(heading)
        self.fits()

    def fits(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, f"{self.page.url} is {wide} px wide in a window of {self.width} px"

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def results(self) -> Locator:
        """The part of a list that follows its filters."""
        return self.main.locator("#results")

    def sees(self, text: str) -> None:
        expect(self.main).to_contain_text(text)

    def row(self, *texts: str) -> Locator:
        """The table row that contains all of these texts."""
        rows = self.main.get_by_role("row")
        for text in texts:
            rows = rows.filter(has_text=text)
        return rows

    # With the mouse or a finger

    def signs_in(self, account: str) -> None:
        self.opens("/accounts/login/")
        self.page.get_by_label("用户名").fill(account)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.presses("登录")
        self.page.wait_for_url(lambda url: "/accounts/" not in url)

    def presses(self, name: str) -> None:
        self.main.get_by_role("button", name=name, exact=True).click()

    def follows(self, name: str) -> None:
        self.main.get_by_role("link", name=name, exact=True).click()

    def goes_to(self, area: str, line: str) -> None:
        """By an area of the page head and a line of its menu, which on a phone both stand in a drawer."""
        drawer = self.page.get_by_role("link", name="菜单", exact=True)
        menu = self.page.get_by_role("navigation", name="主菜单")
        if on_a_phone := drawer.is_visible():
            drawer.click()
        areas = menu if on_a_phone else self.page.get_by_role("navigation", name="栏目")
        areas.get_by_role("link", name=area, exact=True).first.click()
        self.arrives_at(area)
        if on_a_phone:
            drawer.click()
        menu.get_by_role("link", name=line, exact=True).last.click()

    def downloads(self, link: Locator) -> bytes:
        with self.page.expect_download() as waiting:
            link.click()
        download: Download = waiting.value
        return download.path().read_bytes()

    # With the keyboard alone

    def tabs_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus, and see that the focus shows."""
        for _ in range(TABS_AT_MOST):
            if target.evaluate("element => element === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"Tab does not lead to {target} on {self.page.url}")
        outline = target.evaluate("element => getComputedStyle(element).outlineStyle")
        assert outline != "none", f"nothing shows the focus on {target} on {self.page.url}"

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def hits(self, key: str) -> None:
        self.page.keyboard.press(key)
