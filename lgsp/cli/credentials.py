"""`lgsp credentials`: what systems come in with: which there are, making, rotating and revoking them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, gateway, say_json, wait_for
from lgsp.errors import ConfigError

KINDS = ("key", "client", "certificate", "hmac")
_STANDINGS: Mapping[str, str] = MappingProxyType(
    {
        "holds": "đang có hiệu lực (holds)",
        "not-yet": "chưa có hiệu lực (not yet)",
        "ended": "đã hết hạn (ended)",
        "revoked": "đã thu hồi (revoked)",
        "disabled": "người dùng bị khóa (person disabled)",
    }
)
_HEADINGS = ("Mã (id)", "Của (of)", "Loại", "Tên", "Trạng thái", "Hết hạn (ends)", "Dùng lần cuối (last use)")
_SOON = 30
_PATH = "/v1/credentials"
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?", re.ASCII)

Reason = Annotated[str, typer.Option(prompt="Lý do (reason)", help="It stands in the journal.")]
Id = Annotated[str, typer.Argument(help="Its id, as `lgsp credentials list` shows it.")]
_Many = list[str] | None

credentials = typer.Typer(help="What systems come in with.", no_args_is_help=True)


@credentials.command("list")
def listed(
    system: Annotated[str, typer.Option(help="Only those of this system.")] = "",
    person: Annotated[str, typer.Option(help="Only those of this person.")] = "",
    state: Annotated[str, typer.Option(help=f"Only those that stand so: {', '.join(_STANDINGS)}.")] = "",
    json: Json = False,
) -> None:
    """Show credentials: whose they are, how they stand, when they were used last, when they end.

    No secret is among it: each was shown once, when it was made.
    """
    terms = {
        name: value for name, value in (("system", system), ("person", person), ("state", state)) if value
    }
    told = wait_for(_get(_PATH, **terms))
    if json:
        say_json(told)
    else:
        _show(told["credentials"])


@credentials.command()
def make(  # noqa: PLR0913, PLR0917 - what a credential may be bounded by
    system: Annotated[str, typer.Argument(help="Whose it is to be.")],
    kind: Annotated[str, typer.Option(help=f"How it proves itself: {', '.join(KINDS)}.")] = "key",
    name: Annotated[str, typer.Option(help="By which people tell it from others.")] = "",
    agency: Annotated[
        _Many,
        typer.Option(help="In whose name it may bring: CODE, or CODE@SINCE/UNTIL with days. Repeatable."),
    ] = None,
    type: Annotated[_Many, typer.Option(help="A type that it may bring or ask. Repeatable.")] = None,  # noqa: A002
    act: Annotated[
        _Many, typer.Option(help="Of send, collect, read and ask, one it may do. Repeatable.")
    ] = None,
    address: Annotated[_Many, typer.Option(help="A network from which it may be used. Repeatable.")] = None,
    limit: Annotated[
        _Many,
        typer.Option(
            help="How much it may ask for: [requests.|items.|asks.]per_second|burst|per_minute|per_day=N;"
            " without a kind it counts requests. Repeatable."
        ),
    ] = None,
    since: Annotated[str, typer.Option(help="From when it holds: a day, or a day and time.")] = "",
    until: Annotated[
        str, typer.Option(help="When it ends: a day (all of it counts), or a day and time.")
    ] = "",
    certificate: Annotated[Path | None, typer.Option(help="PEM, where it is one.")] = None,
    by_names: Annotated[
        bool,
        typer.Option(help="Know the certificate by issuer and subject: the next one needs nothing more."),
    ] = False,
    json: Json = False,
) -> None:
    """Give a system a credential, and show its secret this once.

    Without anything said it may do all that its system may, from anywhere, for good.
    """
    said: dict[str, Any] = {
        "system": system,
        "kind": kind,
        "name": name or f"{system} {kind}",
        "agencies": [_under(one) for one in agency or ()],
        "types": type or [],
        "acts": act or [],
        "limits": _limits(limit or ()),
        "addresses": address or [],
        "since": _moment(since),
        "until": _moment(until, end=True),
        "certificate": certificate.read_text(encoding="ascii", errors="replace") if certificate else "",
        "by_names": by_names,
    }
    _made(wait_for(_post(_PATH, said)), json=json)


@credentials.command()
def rotate(
    id: Id,  # noqa: A002 - the word of the command
    reason: Reason,
    overlap: Annotated[
        int, typer.Option(help="Hours for which the old secret holds beside the new one; 0 ends it now.")
    ] = 168,
    json: Json = False,
) -> None:
    """Give a credential another secret, and show it this once.

    With no overlap all that was handed out on the old one's strength (tokens, sessions) ends with it.
    """
    _made(wait_for(_post(_of(id, "rotate"), {"reason": reason, "overlap": overlap * 3600})), json=json)


@credentials.command()
def revoke(id: Id, reason: Reason, json: Json = False) -> None:  # noqa: A002
    """Let nobody in by a credential any more; everywhere within a second."""
    told = wait_for(_post(_of(id, "revoke"), {"reason": reason}))
    if json:
        say_json(told)
    else:
        typer.echo(f"{told['name']}: {_STANDINGS[told['standing']]}")


def _made(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
        return
    for line in _once(told):
        typer.echo(line)


def _once(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['kind']} {told['name']}: {told['id']}"
    if "client_id" in told:
        yield f"client_id: {told['client_id']}"
    if "secret" in told:
        yield f"secret: {told['secret']}"
        yield "Chỉ hiện lần này; hãy chuyển qua kênh an toàn. (Shown this once; hand it over safely.)"
    if told["replaced_until"]:
        yield f"Khóa cũ còn dùng được đến {told['replaced_until']} (the old one holds until then)"


def _show(found: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import moment

    def row(one: Mapping[str, Any]) -> tuple[str, ...]:
        days = one["days_left"]
        soon = f" (còn {days} ngày)" if days is not None and days <= _SOON else ""
        used = f"{moment(one['used'])} {one['used_from']}".strip() if one["used"] else "chưa dùng (never)"
        ends = moment(one["until"]) + soon if one["until"] else "—"
        owner = one["system"] or one["person"]
        return one["id"], owner, one["kind"], one["name"], _STANDINGS[one["standing"]], ends, used

    if found:
        console().print(table(_HEADINGS, [row(one) for one in found]))
    else:
        typer.echo("Chưa có thông tin xác thực nào (none)")


def _under(said: str) -> dict[str, Any]:
    """Return an agency with the days between which it counts: `H44.11@2026-01-01/2026-12-31`.

    Raises:
        ConfigError: a day is none.
    """
    code, _, days = said.partition("@")
    first, _, last = days.partition("/")
    try:
        since, until = (date.fromisoformat(day).isoformat() if day else None for day in (first, last))
    except ValueError:
        raise ConfigError([f"--agency {said}: write days as 2026-01-31"]) from None
    return {"agency": code, "since": since, "until": until}


def _limits(said: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return limits out of words such as `items.per_day=10000`; the gateway says which make sense together.

    Raises:
        ConfigError: something is no such word, is said twice, or has no number.
    """
    from lgsp.allowances import Rate, Taken

    found: dict[str, dict[str, float]] = {}
    for one in said:
        name, _, number = one.partition("=")
        kind, _, rate = name.rpartition(".")
        kind = kind or Taken.REQUESTS.value
        known = kind in [taken.value for taken in Taken] and rate in Rate.model_fields
        if not known or rate in found.get(kind, {}) or not _NUMBER.fullmatch(number):
            raise ConfigError(
                [f"--limit {one}: write it once, as requests.per_second=5 or items.per_day=10000"]
            )
        found.setdefault(kind, {})[rate] = float(number) if "." in number else int(number)
    return found


def _moment(said: str, *, end: bool = False) -> str | None:
    """Return a moment in Viet Nam time out of a day, or a day and time; the end of a day is its last second.

    Raises:
        ConfigError: it is neither.
    """
    from lgsp.message import VIETNAM

    if not said:
        return None
    try:
        whole = len(said) == len("2026-01-31")
        last = time(23, 59, 59) if end else time()
        when = datetime.combine(date.fromisoformat(said), last) if whole else datetime.fromisoformat(said)
    except ValueError:
        raise ConfigError([f"{said}: write a day as 2026-01-31, or 2026-01-31T17:00"]) from None
    return (when if when.tzinfo else when.replace(tzinfo=VIETNAM)).isoformat()


def _of(uid: str, act: str) -> str:
    from lgsp.client import segment

    return f"{_PATH}/{segment(uid)}/{act}"


async def _get(path: str, **terms: Any) -> Any:
    async with gateway() as running:
        return await running.get(path, **terms)


async def _post(path: str, said: Any) -> Any:
    async with gateway() as running:
        return await running.post(path, said)
