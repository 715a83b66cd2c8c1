"""`lgsp code`: what an agency's code is on a day, and adding a fact about one."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import MISUSED, Json, end, gateway, say_json, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lgsp.errors import Problem

_ADD = "add"
_ANSWERED = frozenset({"live", "closed", "not-yet-valid"})
SAID = {
    "live": "đang có hiệu lực (live)",
    "closed": "đã đóng (closed)",
    "not-yet-valid": "chưa có hiệu lực (not yet valid)",
    "unknown": "chưa biết (unknown)",
    "ambiguous": "chưa xác định được (ambiguous)",
}
_SHARES = {"whole": "toàn bộ (whole)", "part": "một phần (part)"}
_OPTIONS = {"/valid_from": "--from", "/valid_to": "--to", "/code": "CODE", "/predecessor": "CODE"}
"""How the command names a field of a claim where it is not the field's own name."""
_SURE = {"high": "cao (high)", "medium": "trung bình (medium)", "low": "thấp (low)"}

Text = str | None


def _option(name: str, told: str) -> Any:
    return typer.Option(name, help=told)


def code(  # noqa: PLR0913, PLR0917 - each is an option of the command
    words: Annotated[list[str], typer.Argument(metavar="[add] CODE", help="A code, in any form.")],
    on: Annotated[Text, _option("--on", "The day of the event that names it; today without.")] = None,
    scheme: Annotated[Text, _option("--scheme", "identifier or statistics.")] = None,
    name: Annotated[Text, _option("--name", "add: what the body is called.")] = None,
    level: Annotated[int | None, _option("--level", "add: its level, 1 at the top.")] = None,
    parent: Annotated[Text, _option("--parent", "add: code of the body above.")] = None,
    valid_from: Annotated[Text, _option("--from", "add: the first day.")] = None,
    valid_to: Annotated[Text, _option("--to", "add: the last day.")] = None,
    same_as: Annotated[Text, _option("--same-as", "add: its code in the other scheme.")] = None,
    successor: Annotated[Text, _option("--successor", "add: the code that took it over.")] = None,
    share: Annotated[str, _option("--share", "add: whole or part of it.")] = "whole",
    effective: Annotated[Text, _option("--effective", "add: first day of the succession.")] = None,
    act: Annotated[Text, _option("--act", "add: the legal act.")] = None,
    source: Annotated[Text, _option("--source", "add: who says so.")] = None,
    confidence: Annotated[str, _option("--confidence", "add: high, medium or low.")] = "medium",
    withdraws: Annotated[Text, _option("--withdraws", "add: id of a fact that was wrong.")] = None,
    note: Annotated[str, _option("--note", "add: why.")] = "",
    json: Json = False,
) -> None:
    """Show what an agency's code is on a day, or add a fact about one.

    `lgsp code H28 --on 2025-06-30` asks the gateway that runs here; without one, what comes with the product
    answers. `lgsp code add CODE …` adds a fact to the running gateway. The answer is no for a code that is
    unknown or ambiguous.
    """
    if words[0] != _ADD:
        if len(words) > 1:
            raise typer.BadParameter("one code at a time; to add a fact begin with `add`")
        _show(words[0], _day(on), scheme, json=json)
        return
    if len(words) > 2:  # noqa: PLR2004 - `add` and the code
        raise typer.BadParameter("add takes one code")
    own = words[1] if len(words) > 1 else None
    claim: dict[str, Any] = {
        "scheme": scheme, "source": source, "confidence": confidence, "withdraws": withdraws,
    }  # fmt: skip
    if successor:
        kind = "succession"
        claim |= {
            "predecessor": own, "successor": successor, "share": share, "effective": effective, "act": act,
        }  # fmt: skip
    elif own:
        kind = "fact"
        claim |= {
            "code": own, "name": name, "level": level, "parent": parent, "valid_from": valid_from,
            "valid_to": valid_to, "same_as": same_as,
        }  # fmt: skip
    else:
        kind, claim = "withdrawal", {"withdraws": withdraws, "source": source}
    _add(kind, {field: value for field, value in claim.items() if value is not None}, note, json=json)


# --- adding ---------------------------------------------------------------------------------------------


def _add(kind: str, content: dict[str, Any], note: str, *, json: bool) -> None:
    from lgsp.client import AnswerError
    from lgsp.domain.agencies.facts import claim_of
    from lgsp.errors import Invalid, Problem

    try:
        claim_of(kind, content)
        told = wait_for(_ask_to_add({"kind": kind, "content": content, "note": note}))
    except Invalid as fault:
        _refuse(fault.problems)
    except AnswerError as fault:
        _refuse([Problem(p["pointer"], p["code"], p["detail"]) for p in fault.told.get("problems", ())])
        raise
    if json:
        say_json(told)
    else:
        typer.echo(f"đã thêm dữ kiện {told['id']} (fact added)")


def _refuse(problems: Sequence[Problem]) -> None:
    """End the command with what is wrong, option by option; return when nothing is known to be."""
    from lgsp.domain.causes import explain

    for problem in problems:
        place = _OPTIONS.get(problem.place, "--" + problem.place[1:].replace("_", "-"))
        said, mend = explain(problem, place=place), explain(problem, "en", place=place)
        typer.echo(f"{said.text} ({mend.text})", err=True)
    if problems:
        raise typer.Exit(MISUSED)


async def _ask_to_add(said: dict[str, Any]) -> Any:
    async with gateway() as running:
        return await running.post("/v1/agencies/facts", said)


# --- asking ---------------------------------------------------------------------------------------------


def _show(written: str, on: date | None, scheme: str | None, *, json: bool) -> None:
    if scheme not in {None, "identifier", "statistics"}:
        raise typer.BadParameter("identifier or statistics", param_hint="--scheme")
    told = _asked(written, on, scheme)
    if json:
        say_json(told)
    else:
        typer.echo("\n".join(_lines(told)))
    end(well=told["standing"] in _ANSWERED)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("a day such as 2025-06-30", param_hint="--on") from None


def _asked(written: str, on: date | None, scheme: str | None) -> dict[str, Any]:
    from lgsp.client import find_running
    from lgsp.settings import read_settings

    if find_running(read_settings().state) is not None:
        told: dict[str, Any] = wait_for(_ask(written, on, scheme))
        return told | {"facts": "gateway"}
    from lgsp.domain.agencies.facts import Scheme
    from lgsp.domain.agencies.known import built_in
    from lgsp.domain.agencies.telling import asked
    from lgsp.message import VIETNAM

    today = datetime.now(VIETNAM).date()
    return asked(built_in(), written, on, today, Scheme(scheme) if scheme else None) | {"facts": "built-in"}


async def _ask(written: str, on: date | None, scheme: str | None) -> Any:
    from lgsp.client import segment

    async with gateway() as running:
        day = on.isoformat() if on else None
        return await running.get(f"/v1/agencies/{segment(written)}", on=day, scheme=scheme)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    day = f" vào ngày {_date(told['on'])}" if told["on"] else ""
    named = f": {told['name']}" if told["name"] else ""
    yield f"{told['normal']}{named}"
    yield f"  tình trạng (standing){day}: {SAID[told['standing']]}"
    if told["ancestor"]:
        yield f"  theo mã cấp trên (after the code above): {told['ancestor']}"
    yield f"  dạng mã (form): {told['form']}; hệ mã (scheme): {told['scheme']}"
    rows = (
        ("cấp (level)", told["level"]),
        ("nhóm (group)", told["group"]),
        ("cấp trên (parent)", told["parent"]),
        ("mã khác (other codes)", ", ".join(told["also"])),
        ("hiệu lực từ (valid from)", _date(told["valid_from"])),
        ("hiệu lực đến hết (valid to)", _date(told["valid_to"])),
    )
    yield from (f"  {word}: {value}" for word, value in rows if value)
    yield from map(_successor, told["successors"])
    yield from map(_reading, told["readings"])
    yield from map(_listed, told.get("listed", ()))
    if told.get("differs"):
        yield f"  KHÁC VỚI DANH MỤC (differs from the list): {', '.join(told['differs'])}"
    if told["source"]:
        yield f"  nguồn (source): {told['source']}; độ tin cậy (confidence): {_SURE[told['confidence']]}"
    if told["facts"] == "built-in":
        yield "  theo dữ liệu đi kèm sản phẩm, chưa hỏi trục đang chạy (built-in facts only)"


def _successor(one: dict[str, Any]) -> str:
    return (
        f"  kế thừa (successor): {one['code']} {one['name'] or ''}, {_SHARES[one['share']]}"
        f" từ {_date(one['effective'])}, {one['act']}"
    )


def _reading(one: dict[str, Any]) -> str:
    span = f"{_date(one['valid_from']) or '…'} – {_date(one['valid_to']) or '…'}"
    same = f" = {one['same_as']}" if one["same_as"] else ""
    return f"  có thể là (reading): {one['name']}{same}, {span} [{one['fact']}]"


def _listed(one: dict[str, Any]) -> str:
    other = f" = {one['other']}" if one["other"] else ""
    return f"  trong danh mục (listed): {one['code']}{other} {one['name']} [{one['source']}]"


def _date(text: str | None) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""
