"""The officer's path in a real browser, by keyboard alone, on a wide screen and a narrow one."""

import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

STORIES = ["events/scenarios/sessions-elsewhere.ndjson", "events/scenarios/wrong-diagnosis.ndjson"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1280, 400)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        warnings.warn("THE DESK WAS NOT TRIED IN A BROWSER: install chromium (apt-get install chromium)", stacklevel=1)
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A desk as `ncd-audit serve` makes it; each test that acts has a finding of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = str(Path(sys.executable).with_name("ncd-audit"))
    command = [program, "serve", *STORIES, "--as-of", "2026-03-01", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield _ready(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()


def _ready(address: str) -> str:
    for _ in range(600):
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - our own server
            return address
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no desk at {address} after a minute")


@contextmanager
def page_at(browser: Browser, address: str, width: int) -> Iterator[Page]:
    """A fresh page; whatever it complains of fails the test."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal is an answer, not a fault of the page; the browser notes its status as an error all the same.
        if message.type in ("error", "warning") and "status of 409" not in message.text:
            complaints.append(message.text)

    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_selector("tbody tr")
    yield page
    page.close()
    assert complaints == []


def tab_to(page: Page, text: str) -> None:
    """As a person without a mouse: on to the next until it is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.name || document.activeElement.innerText || ''")
        if str(focused).startswith(text):
            return
    raise AssertionError(f"{text!r} cannot be reached by keyboard")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def states(page: Page, rule: str) -> list[str]:
    rows = page.locator("tbody tr", has=page.get_by_role("link", name=rule, exact=True))
    return [text.strip() for text in rows.locator("td[data-label=State]").all_inner_texts()]


@pytest.mark.parametrize(("width", "rule"), [(1280, "DX_NOT_COVERED"), (400, "DX_NOT_POINTED")])
def test_from_the_list_to_resolved_by_keyboard_alone(browser: Browser, address: str, width: int, rule: str) -> None:
    with page_at(browser, address, width) as page:
        assert fits(page)
        assert states(page, rule) == ["notified"]
        tab_to(page, rule)
        page.keyboard.press("Enter")
        page.wait_for_selector(".workflow")
        assert page.get_by_text("What would clear it").is_visible()
        assert fits(page)
        tab_to(page, "kind")
        page.keyboard.type("Resolve")
        page.keyboard.press("Tab")
        page.keyboard.type("Corrected claim sent")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Saved: resolve. The finding is resolved.").wait_for()
        assert (
            "officer@local: resolve (new to resolved): Corrected claim sent" in page.locator(".happened").inner_text()
        )
        page.get_by_role("link", name="The list to work").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("tbody tr")
        assert states(page, rule) == []


def test_what_is_refused_is_said_and_the_words_stay(browser: Browser, address: str) -> None:
    with page_at(browser, address, 1280) as page:
        page.get_by_role("link", name="KX_MISSING", exact=True).click()
        page.wait_for_selector(".workflow")
        page.get_by_label("Action").select_option("suppress")
        page.get_by_role("textbox", name="Day").fill("2040-01-01")
        page.get_by_label("Reason").fill("For ever")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("a suppression must end after").wait_for()
        assert page.get_by_label("Reason").input_value() == "For ever"
        assert page.locator(".workflow").inner_text() == "notified"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_patients_page_draws_every_session(browser: Browser, address: str, width: int) -> None:
    with page_at(browser, address, width) as page:
        page.get_by_role("link", name="P-1009", exact=True).first.click()
        page.wait_for_selector("svg.strip")
        assert page.locator("svg.strip g.mark").count() == 5
        assert page.get_by_role("heading", level=1).inner_text() == "Patient P-1009"
        assert fits(page)


def test_everything_to_fill_in_has_a_name_for_those_who_do_not_see(browser: Browser, address: str) -> None:
    with page_at(browser, address, 1280) as page:
        nameless = "[...document.querySelectorAll('input,select,textarea')].filter(e => !e.labels.length).length"
        assert page.evaluate(nameless) == 0
        page.get_by_role("link", name="KX_MISSING", exact=True).click()
        page.wait_for_selector(".workflow")
        assert page.evaluate(nameless) == 0
        assert page.evaluate("document.activeElement.id") == "view"
