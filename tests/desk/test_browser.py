"""The officer's path in a real browser, by keyboard alone, on a wide screen and a narrow one."""

import re
import shutil
import socket
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import ConsoleMessage, Error, Page, Route, sync_playwright

from local.cli import main

STORIES = ["events/scenarios/sessions-elsewhere.ndjson", "events/scenarios/wrong-diagnosis.ndjson"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def opened() -> Iterator[Page]:
    """One page for all: a browser takes longer to open one than to do all that is asked here."""
    if CHROMIUM is None:
        warnings.warn("THE DESK WAS NOT TRIED IN A BROWSER: install chromium (apt-get install chromium)", stacklevel=1)
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started.new_page()
        started.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """`ncd-audit serve` in a thread of ours, which has loaded all it needs; each test that acts has its own finding."""
    servers: list[uvicorn.Server] = []

    def run(app: Any, **asked: Any) -> None:
        servers.append(uvicorn.Server(uvicorn.Config(app, **asked)))
        servers[0].run()

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["serve", *STORIES, "--as-of", "2026-03-01", "--port", str(port)]
    with pytest.MonkeyPatch.context() as changed, ThreadPoolExecutor(1) as thread:
        changed.setattr(uvicorn, "run", run)
        status = thread.submit(main, command)
        while not (servers and servers[0].started):
            assert not status.done(), status
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/"
        servers[0].should_exit = True
        assert status.result(timeout=30) == 0


@pytest.fixture
def page(opened: Page, address: str) -> Iterator[Page]:
    """The list, on a wide screen; whatever the page complains of fails the test."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal is an answer, not a fault of the page; the browser notes its status as an error all the same.
        if message.type in ("error", "warning") and "status of 409" not in message.text:
            complaints.append(message.text)

    def broke(error: Error) -> None:
        complaints.append(str(error))

    opened.on("console", heard)
    opened.on("pageerror", broke)
    opened.set_viewport_size({"width": 1280, "height": 900})
    opened.goto(address)
    opened.wait_for_selector("tbody tr")
    yield opened
    opened.remove_listener("console", heard)
    opened.remove_listener("pageerror", broke)
    assert complaints == []


def narrow(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


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
def test_from_the_list_to_resolved_by_keyboard_alone(page: Page, width: int, rule: str) -> None:
    narrow(page, width)
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
    opened, resolved = page.locator(".happened li").all_inner_texts()
    assert "opened as violation (revision 1, as of 2026-03-01); an alert went to people" in opened
    assert "officer@local: resolve (new to resolved): Corrected claim sent" in resolved
    tab_to(page, "The list to work")
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody tr")
    assert states(page, rule) == []


def test_what_is_refused_is_said_and_the_words_stay(page: Page) -> None:
    page.get_by_role("link", name="KX_MISSING", exact=True).click()
    page.wait_for_selector(".happened li")
    page.get_by_label("Action").select_option("suppress")
    page.get_by_role("textbox", name="Day").fill("2040-01-01")
    page.get_by_label("Reason").fill("For ever")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("a suppression must end after").wait_for()
    assert page.get_by_label("Reason").input_value() == "For ever"
    assert page.locator(".workflow").inner_text() == "notified"


def test_the_patients_page_draws_every_session_and_opens_at_the_last(page: Page) -> None:
    for width in (1280, 400):
        narrow(page, width)
        page.get_by_role("link", name="P-1009", exact=True).first.click()
        page.wait_for_selector("svg.strip")
        assert page.locator("svg.strip g.mark").count() == 5
        assert page.get_by_role("heading", level=1).inner_text() == "Patient P-1009"
        last = page.locator("svg.strip g.mark rect").bounding_box()
        assert last is not None
        assert 0 <= last["x"] <= width - last["width"]
        assert fits(page)
        page.go_back()
        page.wait_for_selector("tbody tr")


def test_from_the_patients_page_each_finding_can_be_worked(page: Page) -> None:
    """By the link of a digest a person comes to the patient, not to the list."""
    page.goto(f"{page.url.partition('#')[0]}#/patients/P-1009")
    page.locator("details.finding", has_text="KX_MISSING").locator("summary").first.click()
    page.get_by_role("link", name="What happened, and what to do now").click()
    page.wait_for_selector(".happened li")
    assert page.get_by_role("heading", level=1).inner_text() == "KX_MISSING"
    assert page.get_by_role("button", name="Save").is_visible()


def test_everything_to_fill_in_has_a_name_for_those_who_do_not_see(page: Page) -> None:
    nameless = "[...document.querySelectorAll('input,select,textarea')].filter(e => !e.labels.length).length"
    assert page.evaluate(nameless) == 0
    page.get_by_role("link", name="KX_MISSING", exact=True).click()
    page.wait_for_selector(".workflow")
    assert page.evaluate(nameless) == 0
    assert page.evaluate("document.activeElement.id") == "view"


def test_what_is_rare_is_looked_for_to_the_end_of_the_list(page: Page) -> None:
    """No request reads it all: the answers are empty until something is found."""
    cursors = iter(["1", "2", None])

    def answer(route: Route) -> None:
        route.fulfill(json={"today": "2026-03-01", "rows": [], "cursor": next(cursors)})

    page.route("**/worklist?*", answer)
    page.get_by_role("combobox", name="Rule").fill("NO_SUCH_RULE")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Nothing to work here.").wait_for()
    page.unroute("**/worklist?*")
    assert next(cursors, "all were asked for") == "all were asked for"


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        ({"waiting": True, "tell_at": "2026-03-02T07:00:00Z"}, "people are told at 2026-03-02 07:00 UTC or soon after"),
        ({"told_at": "2026-03-02T07:03:12Z"}, "people were told by 2026-03-02 07:03 UTC"),
        ({"waiting": True}, "the alert waits to be sent"),
        ({"told": "nobody"}, "nobody was told"),
    ],
)
def test_it_is_said_when_people_were_or_will_be_told(page: Page, turn: dict[str, Any], said: str) -> None:
    def answer(route: Route) -> None:
        told = route.fetch()
        proved = told.json()
        proved["history"][0] |= turn
        route.fulfill(response=told, json=proved)

    where = re.compile(r"/findings/[0-9a-f]{20}$")
    page.route(where, answer)
    page.get_by_role("link", name="KX_MISSING", exact=True).click()
    page.wait_for_selector(".happened li")
    page.unroute(where)
    assert said in page.locator(".happened li").first.inner_text()
