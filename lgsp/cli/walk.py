"""Laying out the walk of a message on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent
from typing import Any

import orjson
from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from lgsp.cli.paper import console, pretty, table
from lgsp.domain.causes import explain
from lgsp.errors import Problem
from lgsp.words import PARTIES, both, moment, number

_INDENT = " " * 6


def show_walks(walks: Sequence[dict[str, Any]], *, full: bool) -> None:
    """Print walks, oldest first."""
    paper = console()
    for walk in walks:
        for part in _parts(walk, full=full):
            paper.print(part)


def show_trails(trails: Mapping[str, dict[str, Any]]) -> None:
    """Print what was first told of a subject, and each change since."""
    paper = console()
    for type_, trail in trails.items():
        paper.print(
            Rule(Text(f"Báo lần đầu và thay đổi (first seen and changes)  {type_}", "bold"), align="left")
        )
        rows = [
            (moment(one["at"]), name, "", one["value"], one["source"]) for name, one in trail["first"].items()
        ]
        rows += [(moment(e["at"]), e["field"], e["old"], e["new"], e["source"]) for e in trail["edits"]]
        paper.print(table(("lúc", "trường", "trước", "sau", "nguồn"), [_readable(row) for row in rows]))


def _readable(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple("–" if value is None else str(value) for value in row)


def _parts(walk: dict[str, Any], *, full: bool) -> Iterator[RenderableType]:
    yield Rule(Text(f"{walk['subject']}  {walk['type']}  bản {walk['revision']}", "bold"), align="left")
    yield f"mã thông điệp (id): {walk['id']}"
    yield f"từ (from) {walk['source']}, nhận lúc (accepted) {moment(walk['accepted_at'])}"
    if walk["unrouted"]:
        yield Text("chưa có tuyến (unrouted)", "bold yellow")
    for finding in walk["findings"]:
        yield Text(f"điểm cần lưu ý (finding): {_finding(finding)}", "yellow")
    for delivery in walk["deliveries"]:
        yield from _delivery(delivery)
        attempts = [a for a in walk["attempts"] if a["delivery"] == delivery["id"]]
        for attempt in attempts:
            yield from _attempt(attempt, full=full)
    yield Text("Diễn biến (steps)", "bold")
    yield _steps(walk)


def _finding(finding: dict[str, str]) -> str:
    said = explain(Problem(finding["place"], finding["code"], finding["read"])).text
    read = "" if finding["read"] in said else f": {finding['read']}"
    return f"{said}{read} [{finding['code']}]"


def _delivery(delivery: dict[str, Any]) -> Iterator[RenderableType]:
    style = "bold green" if delivery["state"] == "delivered" else "bold"
    yield Text(f"→ {delivery['system']}: {both(delivery['state'])}  · lượt chuyển {delivery['id']}", style)
    if delivery["cause"]:
        yield from _cause(delivery["explanation"])
    if delivery["said"]:
        yield f"  bên nhận nói (said): {delivery['said']}"
    if delivery["fields"]:
        yield f"  trường (fields): {', '.join(delivery['fields'])}"
    yield f"  tiếp theo (next): {delivery['next']['vi']} ({delivery['next']['en']})"


def _cause(explanation: dict[str, dict[str, Any]]) -> Iterator[RenderableType]:
    for lang in ("vi", "en"):
        yield f"  {explanation[lang]['text']}. {explanation[lang]['mend']}"
    yield f"  đơn vị xử lý (party): {PARTIES[explanation['vi']['party']]}"
    yield f"  mức độ (severity): {both(explanation['vi']['severity'])}"


def _attempt(attempt: dict[str, Any], *, full: bool) -> Iterator[RenderableType]:
    cause = f" · {_in_words(attempt)}" if attempt["cause"] else ""
    yield (
        f"  lần {attempt['attempt']} (attempt), {moment(attempt['started_at'])}, {number(attempt['ms'])} ms:"
        f" {both(attempt['outcome'])}{cause}"
    )
    for exchange in attempt["exchanges"]:
        status = exchange["status"] or "không có trả lời (no answer)"
        yield f"    {exchange['url']} → {status}, {number(float(exchange['ms']))} ms"
        for arrow, text in (("⇢", exchange["request"]), ("⇠", exchange["answer"])):
            if text:
                yield Text(indent(f"{arrow} {pretty(text, full=full)}", _INDENT), "dim")


def _steps(walk: dict[str, Any]) -> RenderableType:
    rows = [
        (moment(e["at"]), both(e["what"]), e["system"], e["attempt"], _in_words(e), e["who"], _details(e))
        for e in walk["entries"]
    ]
    return table(("lúc", "việc", "hệ thống", "lần", "nguyên nhân", "ai", "chi tiết"), rows, right=(3,))


def _in_words(told: dict[str, Any]) -> str:
    """Return a cause as people read it, with its code; what is no cause of the catalogue as it stands."""
    if "explanation" not in told:
        return told["cause"] or ""
    return f"{told['explanation']['vi']['text']} [{told['explanation']['vi']['code']}]"


def _details(entry: dict[str, Any]) -> str:
    return orjson.dumps(entry["details"]).decode() if entry["details"] else ""
