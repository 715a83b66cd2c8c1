"""`lgsp procedures`: the catalogue of procedures, as of any day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

procedures = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
AsOf = Annotated[str | None, typer.Option("--as-of", help="The day, such as 2026-01-31; now without.")]
_STATES = {
    "published": "đang công bố (published)",
    "unpublished": "chưa hoặc thôi công bố (unpublished)",
    "closed": "đã đóng (closed)",
}


@procedures.callback()
def group() -> None:
    """See the catalogue of procedures that jobs brought."""


@procedures.command("list")
def listed(  # noqa: PLR0913, PLR0917 - each is an option of the command
    words: Annotated[
        list[str] | None, typer.Argument(help="Words of a name, marks or none, or of a code.")
    ] = None,
    agency: Annotated[str, typer.Option(help="Whose: its code; those below it too.")] = "",
    field: Annotated[str, typer.Option(help="Code or name of the first field.")] = "",
    state: Annotated[
        str, typer.Option(help="published, unpublished or closed; open is all but closed.")
    ] = "",
    as_of: AsOf = None,
    after: Annotated[str, typer.Option(help="Go on behind this.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """Search the catalogue. The answer is no when nothing is found."""
    terms = {"q": " ".join(words or ()), "agency": agency, "field": field, "state": state, "after": after}
    asked = {name: text for name, text in terms.items() if text}
    told = wait_for(_get("/v1/procedures", as_of=_day(as_of), limit=limit, **asked))
    if json:
        say_json(told)
    else:
        typer.echo("\n".join(_lines(told)) or "không tìm thấy (nothing found)")
    end(well=bool(told["procedures"]))


@procedures.command()
def show(
    code: Annotated[str, typer.Argument(help="Code of the procedure.")],
    as_of: AsOf = None,
    source: Annotated[str | None, typer.Option(help="The system whose catalogue is asked.")] = None,
    json: Json = False,
) -> None:
    """Show one procedure as it was on a day, and what was said of it before and since.

    With --json the whole record stands in `record`.
    """
    told = wait_for(_one(code, as_of=_day(as_of), source=source))
    if json:
        say_json(told)
    else:
        typer.echo("\n".join(_whole(told)))


async def _get(path: str, **terms: Any) -> Any:
    async with gateway() as running:
        return await running.get(path, **terms)


async def _one(code: str, **terms: Any) -> Any:
    from lgsp.client import segment

    return await _get(f"/v1/procedures/{segment(code)}", **terms)


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise typer.BadParameter("a day such as 2026-01-31", param_hint="--as-of") from None


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for one in told["procedures"]:
        yield f"{one['code']}  {one['name'] or ''}  [{_state(one)}]"
    if told["next"]:
        yield f"… còn nữa (more): --after {told['next']}"


def _whole(one: dict[str, Any]) -> Iterator[str]:
    yield f"{one['code']}: {one['name'] or ''}"
    yield f"  tình trạng (state): {_state(one)}"
    named = " ".join(filter(None, (one["field_code"], one["field_name"])))
    yield from (
        f"  {word}: {value}"
        for word, value in (("lĩnh vực (field)", named), ("cơ quan công bố (agency)", one["agency"]))
        if value
    )
    yield f"  danh mục (catalogue): {one['source']}, phiên bản (version) {one['version']}"
    for version in one["history"]:
        yield f"  {_span(version)}: {version['name'] or ''} [{_state(version)}] ({version['version']})"


def _state(one: dict[str, Any]) -> str:
    by = ", danh mục không còn (no longer listed)" if one["closed_by_list"] else ""
    return f"{_STATES.get(one['state'], one['state'])}{by}"


def _span(one: dict[str, Any]) -> str:
    return f"{_date(one['valid_from'])} – {_date(one['valid_to'])}"


def _date(text: str | None) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else "…"
