"""The time line of a thread: what offices said and what the platform did, in one order, across systems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lgsp.console.language import told
from lgsp.console.states import STATES, Look
from lgsp.console.threads_dossier import STATUSES, officer_of, status_of
from lgsp.domain.causes import explain
from lgsp.domain.causes_named import Names
from lgsp.errors import Problem
from lgsp.journal.checks import WAITS
from lgsp.journal.threads import Thread, Told
from lgsp.route_checks import CAUSES

BUSINESS, TECHNICAL = "business", "technical"
ONLY = {"": told("tất cả"), BUSINESS: told("chỉ nghiệp vụ"), TECHNICAL: told("chỉ kỹ thuật")}
"""What the time line may be narrowed to."""
BEFELL: Mapping[str, Look] = {
    "anchor came": Look("link", "azure", told("hồ sơ gốc đã có ở hệ thống nhận")),
    "routed": Look("route", "azure", told("đã chọn tuyến")),
    "replayed": Look("rotate-clockwise", "blue", told("phát lại")),
    "retried now": Look("player-skip-forward", "blue", told("chuyển lại ngay")),
    "asked to cancel": Look("ban", "secondary", told("yêu cầu hủy lượt đang chuyển")),
    "released": Look("player-play", "blue", told("cho lượt chuyển đi tiếp")),
    "lapsed": Look("clock-exclamation", "yellow", told("tiến trình chuyển dừng giữa chừng")),
    "checked": Look("shield-check", "azure", told("đã hỏi hệ thống khác trước khi chuyển")),
    "late outcome": Look("clock-hour-4", "secondary", told("kết quả đến muộn")),
    "sent again": Look("repeat", "blue", told("chuyển thêm bản mới nhất")),
    "restored": Look("archive", "secondary", told("khôi phục từ bản sao lưu")),
    "file fetched": Look("download", "green", told("bên nhận đã tải tệp")),
    "file kept": Look("file-import", "azure", told("đã lấy tệp từ hệ thống nguồn")),
    "file failed": Look("file-alert", "yellow", told("không lấy được tệp")),
    "file refused": Look("file-off", "red", told("tệp không được chuyển tiếp")),
}
"""What befell a message beside the states of its deliveries, by the word of the entry."""
CAME: Mapping[str, Look] = {
    "dossier.v1": Look("file-import", "blue", told("nguồn báo hồ sơ")),
    "dossier.progress.v1": Look("message", "blue", told("nguồn báo tiến độ xử lý")),
    "document.v1": Look("mail", "blue", told("gửi văn bản")),
    "document.status.v1": Look("message", "blue", told("báo trạng thái văn bản")),
}
"""What it means that a message came, by its type."""
TYPES: Mapping[str, str] = {
    "dossier.v1": told("hồ sơ"),
    "dossier.progress.v1": told("tiến độ"),
    "document.v1": told("văn bản"),
    "document.status.v1": told("trạng thái văn bản"),
}
"""Types as offices call them."""
_ELSE = Look("inbox", "blue", told("nhận thông điệp"))
FIELDS: Mapping[str, str] = {
    "/status": told("Trạng thái"),
    "/received_at": told("Ngày tiếp nhận"),
    "/due_at": told("Ngày hẹn trả"),
    "/finished_at": told("Ngày kết thúc xử lý"),
    "/result_delivery/returned_at": told("Ngày trả kết quả"),
}
"""Watched fields as offices call them."""
_FINAL = frozenset({"delivered", "refused", "expired", "exhausted"})
"""States that an office wants to hear of too."""
_ALSO_SEEN = frozenset({"accepted", "sending"})
_MACHINES = ("worker ", "gateway")
_FOLD = 3
"""Tries alike in a row from which on those between the first and the last are told together."""


@dataclass(slots=True)
class Event:
    """One thing on the time line.

    Attributes:
        at: microseconds, by the platform's clock.
        business: an office said or got something.
        technical: the platform, or a person at it, did something.
        look: icon, colour, and what it is in words.
        told: when the office says that it was, as ISO 8601, where it says so.
        status: how the business status looks that it tells.
        facts: names (marked with `told`) and values; of the business, personal ones among them.
        changes: name, before, now.
        said: what the far side answered, or which check is meant where `checked`.
        why: explanation of a cause, or of a finding, and its mend.
        who: the person who did it.
        times: so many of the same kind are told in this one.
    """

    at: int
    look: Look
    message: str
    type: str
    revision: int
    source: str
    system: str = ""
    business: bool = False
    technical: bool = False
    told: str | None = None
    status: Look | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    said: str = ""
    checked: bool = False
    cause: str = ""
    why: tuple[str, str] | None = None
    who: str = ""
    reason: str = ""
    delivery: int | None = None
    attempt: int | None = None
    ms: float | None = None
    times: int = 1
    until: int = 0


_OF_CHECKS = frozenset({WAITS, *CAUSES.values()})
"""Causes of which the far side that is to get the message says nothing."""
Said = Mapping[str, tuple[Look, Sequence[tuple[str, str]], str | None]]
"""By a message's id what it told: how that looks, facts, and when it was by its own word."""


def events(thread: Thread, names: Names, lang: str, said: Said | None = None) -> list[Event]:
    """Return the time line of a thread, the earliest first.

    Args:
        thread: the messages.
        names: what operators called answers.
        lang: of the explanations.
        said: what messages told, where that is known better than from their own data.
    """
    found = [one for message in _with_changes(thread.messages) for one in _of(*message, names, lang, said)]
    return sorted(found, key=lambda one: one.at)


def narrowed(line: Iterable[Event], system: str = "", only: str = "") -> list[Event]:
    """Return what one wants to see of a time line, with tries alike told together."""
    kept = [
        one
        for one in line
        if (not system or system in (one.system, one.source if not one.system else ""))
        and (not only or getattr(one, only))
    ]
    return list(_folded(kept))


def systems_in(line: Iterable[Event]) -> list[str]:
    """Return the systems that a time line speaks of."""
    return sorted({one.system or one.source for one in line})


# --- what each message tells ----------------------------------------------------------------------------


def _with_changes(messages: Sequence[Told]) -> Iterator[tuple[Told, list[tuple[str, Any, Any]]]]:
    """Yield each message with what it changed of what was told before."""
    before: dict[str, dict[str, Any]] = {}
    for one in messages:
        old = before.get(one.type) if one.watched else None
        changed = [] if old is None else _changes(old, one.watched)
        if one.watched:
            before[one.type] = one.watched
        yield one, changed


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = sorted(old.keys() | new.keys())
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _of(
    one: Told, changed: list[tuple[str, Any, Any]], names: Names, lang: str, said: Said | None
) -> Iterator[Event]:
    yield _came(one, changed, lang, (said or {}).get(one.id))
    for step in one.steps:
        if step["what"] not in _ALSO_SEEN:
            yield _befell(one, step, names, lang)


def _came(
    one: Told,
    changed: list[tuple[str, Any, Any]],
    lang: str,
    said: tuple[Look, Sequence[tuple[str, str]], str | None] | None,
) -> Event:
    made = _event(one, one.accepted_at, CAME.get(one.type, _ELSE), business=True)
    made.changes = changed
    made.findings = [_finding(finding, lang) for finding in one.findings]
    if one.unrouted:
        made.status = STATES["unrouted"]
    if said is not None:
        made.status, made.told = said[0], said[2]
        made.facts = list(said[1])
    elif word := status_of(one):
        made.status, made.told = STATUSES[word], one.data.get("handled_at")
        made.facts = _facts(one.data)
    return made


def _facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [
        (told("Người xử lý"), officer_of(data)),
        (told("Nội dung xử lý"), str(data.get("content") or "")),
    ]
    return [(name, value) for name, value in facts if value]


def _finding(finding: Mapping[str, str], lang: str) -> str:
    problem = Problem(finding["place"], finding["code"], finding["read"])
    return explain(problem, lang, place="" if finding["place"] in FIELDS else None).text


def _befell(one: Told, step: Mapping[str, Any], names: Names, lang: str) -> Event:
    what, state = step["what"], step["state"]
    look = BEFELL.get(what) or STATES.get(what) or Look("point", "secondary", what)
    made = _event(one, step["at"], look, business=what in _FINAL, technical=True)
    made.system, made.delivery, made.attempt = step["system"] or "", step["delivery_id"], step["attempt"]
    kept = step["details"].get("said")
    made.checked = what == "checked" or step["cause"] in _OF_CHECKS
    made.ms, made.said = step["ms"], str((kept if what == "checked" else None) or step["said"] or kept or "")
    if not step["who"].startswith(_MACHINES) and step["who"] != one.source:
        made.who, made.reason = step["who"], step["cause"] or ""
    elif step["cause"]:
        made.cause, made.why = step["cause"], _why(step, names, lang)
    if what == "late outcome" and state:
        made.status = STATES.get(state)
    return made


def _why(step: Mapping[str, Any], names: Names, lang: str) -> tuple[str, str] | None:
    answer = step["details"].get("answer") or ""
    cause = names.now(step["system"] or "", step["cause"], answer) or step["cause"]
    found = explain(cause, lang)
    return found.text, found.mend


def _event(one: Told, at: int, look: Look, *, business: bool = False, technical: bool = False) -> Event:
    return Event(
        at, look, one.id, one.type, one.revision, one.source, business=business, technical=technical, until=at
    )


# --- tries that are alike -------------------------------------------------------------------------------


def _folded(line: Sequence[Event]) -> Iterator[Event]:
    """Yield a time line in which many tries alike in a row are one, with how many and until when."""
    run: list[Event] = []
    for one in line:
        if run and _alike(run[-1], one):
            run.append(one)
            continue
        yield from _told_together(run)
        run = [one]
    yield from _told_together(run)


def _alike(one: Event, other: Event) -> bool:
    if one.look is not other.look or other.business or one.who or other.who:
        return False
    return (one.delivery, one.cause, one.said) == (other.delivery, other.cause, other.said)


def _told_together(run: list[Event]) -> list[Event]:
    if len(run) < _FOLD:
        return run
    first = run[0]
    first.times, first.until, first.ms, first.attempt = len(run), run[-1].at, None, run[-1].attempt
    return [first]
