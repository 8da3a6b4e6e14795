"""Journeys: people using the site in a real browser, Debian's chromium.

    def test_officer_scores(sheet_of, log_in, look): ...

PARINDEX_SCREENSHOTS names a folder that receives the screenshots; without it none are taken.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from accounts.models import User
from tests.factories import PASSWORD

CHROMIUM = os.environ.get("PARINDEX_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# axe leaves WCAG 2.2 out unless it is named.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LAPTOP = (1366, 768)
PHONE = (390, 844)
TIMEOUT = 30_000  # ms; a busy machine is no failure


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def viewport(request: pytest.FixtureRequest) -> dict[str, int]:
    """Every journey is walked on both; parametrize `viewport` indirectly with one of them to narrow it."""
    width, height = request.param
    return {"width": width, "height": height}


@pytest.fixture
def new_context(browser: Browser, viewport: dict[str, int], live_server: object) -> Iterator[Callable]:
    """Makes contexts, one per person: each has cookies of its own."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=viewport,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            # Bootstrap's animations cost more than the pages.
            reduced_motion="reduce",
            accept_downloads=True,
            **options,
        )
        context.set_default_timeout(TIMEOUT)
        made.append(context)
        return context

    expect.set_options(timeout=TIMEOUT)
    yield make
    for context in made:
        context.close()


@pytest.fixture
def new_page(new_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Makes pages that fail the test on a script error or a breach of the content security policy."""
    complaints: list[str] = []

    def make(**options: object) -> Page:
        page = new_context(**options).new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: "Content Security Policy" in message.text and complaints.append(message.text),
        )
        return page

    yield make
    assert not complaints, complaints


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def log_in(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """`log_in(user)` types the user's name and password on the log-in page; returns the page he lands on."""

    def enter(user: User, password: str = PASSWORD, **options: object) -> Page:
        page = new_page(**options)
        page.goto("/")
        page.fill("input[name=username]", user.username)
        page.fill("input[name=password]", password)
        page.click("main [type=submit]")
        expect(page.locator("input[name=password]")).to_have_count(0)
        return page

    return enter


def follow(locator: Locator) -> None:
    """Clicks what leads to another page, and waits until that page is there: a click alone doesn't."""
    with locator.page.expect_navigation():
        locator.click()


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """`look(page, "sheet")` asserts that a page is whole, doesn't scroll sideways and breaks no accessibility rule.

    PARINDEX_SCREENSHOTS asks for a picture of the whole page beside.
    """

    def look_at(page: Page, name: str) -> None:
        page.wait_for_load_state()
        expect(page.locator("footer.site-footer")).to_be_attached()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide"
        if folder := os.environ.get("PARINDEX_SCREENSHOTS"):
            test = re.sub(r"[^\w-]+", "-", request.node.name).strip("-")
            # Hiding the caret would leave a style attribute behind, which the policy forbids htmx to copy.
            page.screenshot(path=Path(folder) / f"{test}-{name}.png", full_page=True, caret="initial")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return look_at
