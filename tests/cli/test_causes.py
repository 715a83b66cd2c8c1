"""`lgsp causes`: the catalogue, the answers it lacks, and naming one, against a gateway in its own process."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.domain.causes import CAUSES
from lgsp.sandbox.traffic import Traffic
from tests.cli.processes import environment, run, serving

Command = Callable[..., Any]
ITEMS = [step.item for step in Traffic(91, "H44").take(60) if step.kind == "dossier" and not step.is_update]
OWN = (
    "--code", "portal-page", "--vi", "Cổng trả về một trang web", "--en", "The portal answers with a page",
    "--party", "ministry", "--mend-vi", "Gọi đơn vị vận hành Cổng.", "--mend-en", "Call the portal's operator.",
    "--no-retry", "--severity", "error",
)  # fmt: skip


@pytest.fixture
def lgsp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command in this process, on a state folder of the test's own."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    return run


@pytest.fixture
def troubled(lgsp: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A gateway before a portal that took one dossier and now answers with pages; yields where faults are set."""
    env = environment(tmp_path)
    with serving(env, "sandbox") as sandbox:
        env["LGSP_PORTAL_URL"] = sandbox["url"]
        env["LGSP_AXIS_URL"] = sandbox["url"].replace("national-portal", "document-axis")
        env["LGSP_REPORTING_URL"] = sandbox["url"].replace("national-portal", "national-reporting")
        monkeypatch.setenv("LGSP_PORTAL_URL", sandbox["url"])
        with serving(env, "run"):
            tell(lgsp, tmp_path, ITEMS[0], "delivered")
            body = json.dumps({"html": 1}).encode()
            with urllib.request.urlopen(urllib.request.Request(sandbox["faults"], body, method="PUT")):
                pass
            yield sandbox["faults"]


def tell(lgsp: Command, folder: Path, item: dict[str, Any], state: str) -> dict[str, Any]:
    """Send a dossier and wait until its delivery stands in a state."""
    path = folder / "told.json"
    path.write_text(json.dumps([item]), encoding="utf-8")
    _, sent = lgsp("send", str(path), "--from", "one-stop", document=True)
    for _ in range(100):
        _, told = lgsp("trace", sent["results"][0]["id"], document=True)
        (delivery,) = told["messages"][0]["deliveries"]
        if delivery["state"] == state:
            return dict(delivery)
        time.sleep(0.05)
    raise AssertionError(delivery)


def test_without_a_gateway_the_built_in_catalogue_is_told(lgsp: Command) -> None:
    """A vendor may look a cause up anywhere; what is unnamed is not known then, which is said."""
    exit_code, told = lgsp("causes", document=True)
    assert exit_code == 0
    assert {one["code"] for one in told["causes"]} == CAUSES.keys()
    assert told["unnamed"] is None
    shown = lgsp("causes", "portal-credentials")
    assert (shown.exit_code, CAUSES["portal-credentials"].vi in shown.stdout) == (0, True)
    assert "khắc phục ngay (critical)" in shown.stdout


def test_a_code_that_is_not_there_is_a_negative_answer(lgsp: Command) -> None:
    """Exit code 1 and a line on standard error."""
    told = lgsp("causes", "no-such-cause")
    assert (told.exit_code, "no such cause" in told.stderr) == (1, True)


@pytest.mark.parametrize("words", [("name",), ("name", "x", "--code", "a-b"), ("name", "1"), ("a-b", "c-d")])
def test_wrong_words_are_told_with_the_right_ones(lgsp: Command, words: tuple[str, ...]) -> None:
    """Exit code 2, and how the command is used."""
    told = lgsp("causes", *words)
    assert told.exit_code == 2
    assert "lgsp causes name" in " ".join(told.stderr.replace("│", " ").split())


def test_an_answer_is_seen_and_named_and_means_that(lgsp: Command, troubled: str, tmp_path: Path) -> None:
    """Seen with its count, named, and from then on a refusal that trace, dead and causes explain."""
    assert troubled
    tell(lgsp, tmp_path, ITEMS[1], "put off")
    _, told = lgsp("causes", document=True)
    (row,) = told["unnamed"]
    assert row["times"] >= 1
    listed = lgsp("causes").stdout
    assert f"lgsp causes name {row['id']}" in listed
    lacking = lgsp("causes", "name", str(row["id"]), "--code", "portal-page")
    assert (lacking.exit_code, "mend_vi" in lacking.stderr) == (1, True)
    exit_code, named = lgsp("causes", "name", str(row["id"]), *OWN, document=True)
    assert (exit_code, named["code"], named["who"]) == (0, "portal-page", "operator")
    refused = tell(lgsp, tmp_path, ITEMS[2], "refused")
    assert refused["explanation"]["vi"]["text"] == "Cổng trả về một trang web"
    assert "Cổng trả về một trang web" in lgsp("trace", ITEMS[2]["MaHoSo"]).stdout
    assert "Gọi đơn vị vận hành Cổng." in lgsp("dead").stdout
    assert lgsp("causes", "portal-page").exit_code == 0
    assert "every answer has a name" in lgsp("causes").stdout
