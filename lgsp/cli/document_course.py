"""Laying out on paper where a document stands with each of its receivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from lgsp.cli.paper import console, table
from lgsp.words import ANSWERS, DOCUMENT_ACTS, DOCUMENT_STATUSES, both, moment

_RELATED = {
    "replaced_by": "đã có văn bản thay thế (replaced by)",
    "answered_by": "đã có văn bản trả lời (answered by)",
}
_WHAT = {"recall": "Thu hồi (recall)", "update": "Cập nhật (update)"}
_LATE, _IN_TIME, _LEFT = "quá hạn (late)", "đúng hạn (in time)", "còn hạn (time left)"


def show_documents(documents: Sequence[dict[str, Any]]) -> None:
    """Print documents, the newest first."""
    paper = console()
    if len(documents) > 1:
        paper.print(
            Text(f"{len(documents)} văn bản trùng tên gọi (documents that this may mean)", "bold yellow")
        )
    for document in documents:
        for part in _parts(document):
            paper.print(part)


def _parts(document: dict[str, Any]) -> Iterator[RenderableType]:
    yield Rule(Text(_title(document), "bold"), align="left")
    yield from _head(document)
    if document["receivers"]:
        yield Text("Nơi nhận (receivers)", "bold")
        yield _receivers(document)
        yield from _causes(document["receivers"])
        yield Text("Đang chờ (awaited)", "bold")
        yield _awaited(document["receivers"])
    told = [(one, step) for one in document["receivers"] for step in one["history"]]
    if told:
        yield Text("Trạng thái đã báo (statuses told)", "bold")
        yield _history(told)
    for change in document["changes"]:
        yield from _change(change)
    if document["others"]:
        yield Text("Trạng thái của cơ quan không có trong nơi nhận (of bodies that are no receivers)", "bold")
        yield _history([(step["by"], step) for step in document["others"]])


def _title(document: dict[str, Any]) -> str:
    number = "/".join(document[name] for name in ("number", "notation") if document[name])
    year = f"năm {document['year']}" if document["year"] else ""
    return "  ".join(
        part for part in (number or document["key"] or "?", year, _name(document["sender"])) if part
    )


def _head(document: dict[str, Any]) -> Iterator[RenderableType]:
    yield f"mã định danh (id): {document['key']}"
    if document["act"]:
        yield f"nghiệp vụ (act): {_in_both(DOCUMENT_ACTS, document['act'])}"
    if document["subject"]:
        yield f"trích yếu (subject): {document['subject']}"
    if not document["messages"]:
        yield Text(
            "văn bản gốc không đi qua nền tảng này (the document itself did not come by here)", "yellow"
        )
    elif not document["kept"]:
        yield Text("nội dung không còn lưu (its content is not kept any more)", "yellow")
    for message in document["messages"]:
        came = f"từ (from) {message['source']}, nhận lúc (accepted) {moment(message['accepted_at'])}"
        yield f"{came}, mã thông điệp (message): {message['id']}"
    for other in document["look_alikes"]:
        yield _look_alike(other, document["year"])
    for name, words in _RELATED.items():
        for other in document[name]:
            yield f"{words}: {other['key']}, {moment(other['accepted_at'])}"
    if document["cut"]:
        yield Text("còn thông điệp chưa hiện hết (there are more messages than are shown)", "yellow")


def _look_alike(other: dict[str, Any], year: int | None) -> RenderableType:
    words = f"cùng số, ký hiệu và cơ quan ban hành (look-alike), năm {other['year']}: {other['key']}"
    return Text(words, "bold yellow" if other["year"] == year else "dim")


def _receivers(document: dict[str, Any]) -> RenderableType:
    rows = [
        (
            _name(one),
            _transport(one["transport"]),
            _status(one["status"]),
            moment(one["status"]["at"]) if one["status"] else "",
            _staff(one["status"]),
            _deadline(one["sending"]),
            _deadline(one["receipt"]),
        )
        for one in document["receivers"]
    ]
    return table(("nơi nhận", "lượt chuyển", "trạng thái", "lúc", "cán bộ", "hạn gửi", "hạn báo nhận"), rows)


def _causes(receivers: Sequence[dict[str, Any]]) -> Iterator[RenderableType]:
    """Yield what hinders each delivery, what the far side said, and the mend, once for all its receivers."""
    ways = {one["transport"]["delivery"]: one["transport"] for one in receivers if one["transport"]}
    for number, way in ways.items():
        explained = way.get("explanation", {})
        for lang in explained:
            yield f"  lượt chuyển {number}: {explained[lang]['text']}. {explained[lang]['mend']}"
        if way["said"] and explained:
            yield f"  bên nhận nói (said): {way['said']}"


def _awaited(receivers: Sequence[dict[str, Any]]) -> RenderableType:
    rows = [(_name(one), *_awaits(one["awaited"])) for one in receivers]
    return table(("nơi nhận", "đang chờ", "awaited", "từ lúc"), rows)


def _awaits(awaited: dict[str, Any]) -> tuple[str, str, str]:
    return awaited["vi"], awaited["en"], moment(awaited["since"])


def _history(rows: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> RenderableType:
    cells = [
        (
            moment(step["at"]),
            _name(who),
            _status(step),
            _staff(step),
            step["description"],
            f"báo muộn, nhận lúc (told late) {moment(step['accepted_at'])}" if step["late"] else "",
        )
        for who, step in rows
    ]
    return table(("lúc", "cơ quan", "trạng thái", "cán bộ", "nội dung", ""), cells)


def _change(change: dict[str, Any]) -> Iterator[RenderableType]:
    counted = f"{change['agreed']} đồng ý, {change['declined']} từ chối, {change['unanswered']} chưa trả lời"
    yield Text(f"{_WHAT[change['what']]}, {moment(change['accepted_at'])}: {counted}", "bold")
    if not change["by_sender"]:
        who = _name(change["by"])
        yield Text(f"  không phải do nơi gửi yêu cầu (not asked by the sender): {who}", "bold yellow")
    if change["reason"]:
        yield f"  lý do (reason): {change['reason']}"
    rows = [
        (
            _name(one),
            _answer(one),
            moment(one["status"]["at"]) if one["status"] else "",
            _staff(one["status"]),
            one["status"]["description"] if one["status"] else "",
            *_awaits(one["awaited"])[:2],
        )
        for one in change["answers"]
    ]
    yield table(("nơi nhận", "trả lời", "lúc", "cán bộ", "nội dung", "đang chờ", "awaited"), rows)


def _answer(one: dict[str, Any]) -> str:
    return _in_both(ANSWERS, "destroyed" if one["destroyed"] else one["answer"])


def _transport(way: dict[str, Any] | None) -> str:
    if way is None:
        return "–"
    return f"{way['system']}: {both(way['state'])}, {moment(way['since'])}"


def _status(step: dict[str, Any] | None) -> str:
    if step is None:
        return "–"
    word = _in_both(DOCUMENT_STATUSES, step["status"]) if step["status"] else ""
    return f"{step['code'] or '?'} {word}".strip()


def _staff(step: dict[str, Any] | None) -> str:
    staff = (step or {}).get("staff") or {}
    return ", ".join(staff[name] for name in ("name", "department") if staff.get(name))


def _deadline(deadline: dict[str, Any] | None) -> str:
    if deadline is None:
        return "–"
    if deadline["unknown"]:
        return str(deadline["unknown"]["vi"])
    in_time = _IN_TIME if deadline["met_at"] else _LEFT
    return f"{moment(deadline['at'])}\n{_LATE if deadline['late'] else in_time}"


def _name(one: dict[str, Any]) -> str:
    name, code = one["name"], one["code"]
    return f"{name} ({code})" if name and code else name or code or "?"


def _in_both(words: Any, word: str) -> str:
    return f"{words[word]} ({word.replace('_', ' ')})" if word in words else word
