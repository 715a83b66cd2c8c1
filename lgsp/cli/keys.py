"""`lgsp keys`: the keys by which what is kept is encrypted, and the file of those that wrap them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, gateway, say_json, wait_for

keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look after the keys under which the journal is encrypted.",
)

_STATES = {
    "current": "đang dùng",
    "coming": "sắp dùng",
    "older": "còn dữ liệu cũ",
    "retired": "không còn dữ liệu",
    "running": "đang chạy",
    "paused": "tạm dừng",
    "done": "đã xong",
}


@keys.command()
def make(
    name: Annotated[str | None, typer.Argument(help="Its name; else the month, such as 2026-11.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="The key file; else that of this installation (LGSP_KEY_FILE).")
    ] = None,
) -> None:
    """Put a fresh key-encryption key at the head of the key file, which is made if need be.

    Bring the file to every host of the installation, then call `lgsp keys rewrap`. Keep a copy of it apart
    from every copy of the journal.
    """
    from lgsp.errors import ConfigError
    from lgsp.keyring_file import SETTING, make_key
    from lgsp.settings import read_settings

    path = file or read_settings().key_file
    if path is None:
        raise ConfigError([f"{SETTING} is not set: name the file with --file"])
    chosen = name or f"{datetime.now().astimezone():%Y-%m}"
    make_key(path, chosen)
    typer.echo(f"{path}: đã thêm khóa {chosen}; hãy cất một bản sao riêng, không để cùng bản sao nhật ký")
    typer.echo("(a key was put at its head; keep a copy of the file apart from copies of the journal)")


@keys.command("list")
def listed(json: Json = False) -> None:
    """Show the data keys: which one encrypts, what wraps each, and under which nothing stands any more."""
    told = wait_for(_ask())
    if json:
        say_json(told)
    else:
        _show(told["keys"])


@keys.command()
def rotate(json: Json = False) -> None:
    """Make another data key.

    It encrypts from in a few seconds on; what older ones encrypted is brought under it little by little.
    """
    told = wait_for(_ask("rotate"))
    if json:
        say_json(told)
    else:
        typer.echo(f"Đã tạo khóa dữ liệu {told['made']} (data key made)")
        _show(told["keys"])


@keys.command()
def rewrap(json: Json = False) -> None:
    """Wrap every data key by the first key of the key file; afterwards its other lines may go."""
    told = wait_for(_ask("rewrap"))
    if json:
        say_json(told)
    else:
        typer.echo(f"Đã bọc lại {told['rewrapped']} khóa dữ liệu (data keys wrapped anew)")


@keys.command()
def status(json: Json = False) -> None:
    """Show how far the re-encryption is."""
    _say(wait_for(_ask()), json=json)


@keys.command()
def reencrypt(json: Json = False) -> None:
    """Go through all that is kept, and bring it under the current data key.

    It begins by itself when another key has come into use; this begins it once more.
    """
    _say(wait_for(_ask("reencryption/begin")), json=json)


@keys.command()
def pause(json: Json = False) -> None:
    """Let the re-encryption rest."""
    _say(wait_for(_ask("reencryption/pause")), json=json)


@keys.command()
def resume(json: Json = False) -> None:
    """Let the re-encryption go on where it rested."""
    _say(wait_for(_ask("reencryption/resume")), json=json)


async def _ask(order: str = "") -> dict[str, Any]:
    async with gateway() as running:
        told: dict[str, Any] = await (running.post(f"/v1/keys/{order}") if order else running.get("/v1/keys"))
        return told


def _show(found: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import moment

    headings = ("khóa", "tình trạng", "bọc bởi", "tạo lúc", "người tạo", "dùng từ")
    rows = [
        (
            one["number"], _state(one["state"]), one["wrapped_by"], moment(one["created_at"]),
            one["created_by"], moment(one["seals_from"]),
        )
        for one in found
    ]  # fmt: skip
    paper = console()
    paper.print(table(headings, rows, right=(0,)) if found else "Chưa mã hóa (nothing is encrypted)")


def _say(told: dict[str, Any], *, json: bool) -> None:
    from lgsp.words import moment, number

    now = told["reencryption"]
    if json:
        say_json(told)
        return
    if now is None:
        typer.echo("Chưa mã hóa lại lần nào (never ran)")
        return
    typer.echo(
        f"Khóa {now['target']}: {_state(now['state'])}; lượt {now['rounds'] + 1}, {now['place']};"
        f" đã xem {number(now['looked'])} (looked at),"
        f" đã mã hóa lại {number(now['sealed'])} (encrypted anew); {moment(now['changed_at'])}"
    )
    for fault in now["faults"]:
        typer.echo(fault, err=True)


def _state(state: str) -> str:
    return f"{_STATES[state]} ({state})"
