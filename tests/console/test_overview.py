"""The overview: what it says of traffic, of what is stuck and of who mends it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
from tests.console.browsing import PHONE, no_axe_violations, nothing_sticks_out, page_faults, sign_in_as
from tests.console.calling import Caller
from tests.console.conftest import Entering
from tests.console.moments import MIDNIGHT, keep_clear_of, until
from tests.console.stage import Stage

pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine
FINE = b'{"dialects": ["number"]}'
DOWN = b'{"dialects": ["number"], "http_503": 1.0}'
CHOOSY = b'{"dialects": ["number"], "refuse_fields": {"MaHoSo": {"contains": "-8"}}}'


def test_the_first_page_is_the_overview(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """A viewer sees it, nobody else does, and its live part is the same part."""
    assert Caller(stage.url).get("/console/").status == 303
    page = caller(Role.VIEWER).get("/console/")
    assert (page.status, "Bản đồ liên thông" in page.text) == (200, True)
    live = caller(Role.AUDITOR).get("/console/overview", hx_request="true").text
    assert live.lstrip().startswith('<div id="overview"')
    assert "<html" not in live


def test_an_empty_gateway_teaches(enter: Entering) -> None:
    """Before anything came the page says what will stand there."""
    page = enter("/console/")
    expect(page.get_by_text("Không có gì vướng mắc")).to_be_visible()
    expect(page.get_by_text("Không có gì chờ").first).to_be_visible()
    no_axe_violations(page)
    assert page_faults(page) == []


def test_traffic_is_seen_without_a_reload(stage: Stage, enter: Entering) -> None:
    """Totals and the map follow what comes while one looks; nothing that is there jumps."""
    keep_clear_of(MIDNIGHT)  # with it today's totals begin anew
    page = enter("/console/", Role.VIEWER)
    came = page.locator(".total-came .figure-value")
    expect(came).to_have_text("0")
    page.locator(f"a.node#takes-{PORTAL}").focus()
    page.evaluate(
        "window.moved = 0; new PerformanceObserver((seen) => {"
        " for (const one of seen.getEntries()) window.moved += one.value;"
        "}).observe({type: 'layout-shift'})"
    )
    stage.bring(*(dossier(f"H44.11-260131-1{n:03d}") for n in range(12)))
    expect(came).to_have_text("12")
    expect(page.locator(".total-delivered .figure-value")).to_have_text("12")
    expect(page.locator(f"#rate-one-stop-to-{PORTAL}")).to_have_text("12/phút")
    expect(page.locator(f"a.node#takes-{PORTAL}")).to_be_focused()
    assert page.evaluate("window.moved") < 0.01
    assert page_faults(page) == []


@pytest.mark.parametrize(
    ("language", "theme", "said"),
    [
        ("vi", "light", ("không chuyển được từ", "Ai xử lý: nhà cung cấp phần mềm")),
        ("en", "dark", ("could not be delivered since", "Who mends it: software vendor")),
    ],
)
def test_a_refusal_is_a_sentence_with_who_mends_it(
    stage: Stage, enter: Entering, language: str, theme: str, said: tuple[str, str]
) -> None:
    """What the portal refused stands under what to do first, and leads to its group."""
    stage.portal.trouble(CHOOSY)
    stage.bring(dossier(f"H44.11-260131-8{len(language + theme):03d}"))
    stage.run(stage.province.rest("delivered", "refused"))
    stage.portal.trouble(FINE)
    page = enter("/console/", language=language, theme=theme)
    link = page.get_by_role("link", name=re.compile(said[0]))
    expect(link).to_be_visible()
    expect(link).to_have_attribute(
        "href", re.compile(rf"problems/group\?system={PORTAL}&cause=.+&state=refused")
    )
    expect(page.get_by_text(said[1])).to_be_visible()
    no_axe_violations(page)
    assert page_faults(page) == []


def test_a_system_that_does_not_answer_is_seen_and_then_well_again(stage: Stage, enter: Entering) -> None:
    """The map turns red with a word, the sentence says since when and how many wait; mended, all of it goes."""
    page = enter("/console/", Role.OPERATOR)
    node = page.locator(f"a.node#takes-{PORTAL}")
    stage.portal.trouble(DOWN)
    stage.bring(*(dossier(f"H44.11-260131-2{n:03d}") for n in range(15)))
    expect(node).to_contain_text("tạm ngừng")
    expect(node).to_contain_text("Chờ 15")
    expect(page.get_by_text(re.compile("không trả lời từ.*; 15 lượt đang chờ"))).to_be_visible()
    no_axe_violations(page)
    stage.portal.trouble(FINE)
    expect(node).to_contain_text("đang chạy")
    expect(node).to_contain_text("Không có gì chờ")
    assert page_faults(page) == []


def test_what_was_turned_away_is_counted(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """A message without a subject goes to quarantine, and stands in today's totals."""
    keep_clear_of(MIDNIGHT)
    stage.run(
        stage.province.one_stop.post("/v1/systems/one-stop/messages", {"type": "dossier.v1", "data": {}})
    )
    viewer = caller(Role.VIEWER)
    counted = re.compile(r'total-turned-away">.*?figure-value tabular">([1-9]\d*)<', re.DOTALL)
    until(lambda: counted.search(viewer.get("/console/").text) is not None)


def test_a_phone_has_a_list_instead_of_the_map(stage: Stage, browser: Browser) -> None:
    """At 390 pixels nothing sticks out, and each system is a line, on either side where it is."""
    page = sign_in_as(browser, stage, "phone", Role.VIEWER, size=PHONE)
    page.goto(stage.url + "/console/")
    nothing_sticks_out(page)
    expect(page.locator(".map")).to_be_hidden()
    expect(page.locator(".map-list").get_by_role("link", name=PORTAL).first).to_be_visible()
    no_axe_violations(page)
    page.context.close()
