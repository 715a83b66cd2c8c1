"""`lgsp send`: bringing a file in a system's name, or only looking at what would become of it."""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.message import Raw


def send(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="What to send.")],
    system: Annotated[str, typer.Option("--from", help="Name of the system in whose name it is sent.")],
    canonical: Annotated[bool, typer.Option("--canonical", help="It is canonical JSON.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing; show what would become.")] = False,
    json: Json = False,
) -> None:
    """Send a file in a system's own form.

    It goes to the running gateway. A dry run needs none: it shows the canonical form, the findings, the
    problems, and where it would go.
    """
    from lgsp.message import Raw

    raw = Raw.of(file.read_bytes(), guess_type(file.name)[0] or "application/octet-stream")
    results = wait_for((_preview if dry_run else _send)(raw, system, canonical=canonical))
    if json:
        say_json({"dry_run": dry_run, "results": results})
    else:
        _show(results)
    end(well=bool(results) and all(result["taken"] for result in results))


async def _preview(raw: Raw, system: str, *, canonical: bool) -> list[dict[str, Any]]:
    from lgsp.cli.preview import preview

    return await preview(system, raw, canonical=canonical)


async def _send(raw: Raw, system: str, *, canonical: bool) -> list[dict[str, Any]]:
    from lgsp.client import AnswerError, segment
    from lgsp.settings import read_settings

    # canonical messages are brought by the system itself; an operator may hand in a file in its own form
    path = f"/v1/systems/{segment(system)}/{'messages' if canonical else 'native'}"
    token = read_settings().token(system) if canonical else ""
    async with gateway() as running:
        answer = await running.bring(path, raw.read(), raw.content_type, token)
    told = answer.json()
    if "results" in told:
        return [_result(one) for one in told["results"]]
    if "id" in told or told.get("problems"):
        return [_result(told)]
    raise AnswerError(f"sending as {system}", answer)


def _result(told: dict[str, Any]) -> dict[str, Any]:
    return {"taken": "id" in told, **told}


def _show(results: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, pretty_data

    paper = console()
    for n, result in enumerate(results):
        paper.print(f"[{n}] {_headline(result)}")
        for finding in result.get("findings", ()):
            oddity = finding.get("vi") or finding["place"]
            paper.print(f"    điểm cần lưu ý (finding): {oddity} [{finding['code']}]")
        for problem in result.get("problems", ()):
            paper.print(f"    {problem['vi']} ({problem['en']}) {problem['mend_vi']}")
        if "data" in result:
            paper.print(pretty_data(result["data"]))


def _headline(result: dict[str, Any]) -> str:
    name = f"{result['type']} {result['subject']}: " if "subject" in result else ""
    if not result["taken"]:
        return f"{name}không được tiếp nhận vào trục (rejected)"
    if "goes" in result:
        return f"{name}sẽ chuyển đến (would go to) {', '.join(result['goes']) or 'chưa có tuyến (nowhere)'}"
    state = "đã nhận từ trước (known)" if result["status"] == "known" else "đã nhận (accepted)"
    where = ", ".join(result["systems"]) or "chưa có tuyến (unrouted)"
    return f"{name}{state} {result['id']} → {where}"
