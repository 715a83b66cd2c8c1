"""`lgsp report`: what is due, drawing up, signing off, correcting, comparing, and looking at reports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from lgsp.cli.report_printing import CsvFile, Files, HtmlFile, XlsxFile, labelled, shown, statistics
from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

report = typer.Typer(
    help="Báo cáo (report): due, draft, sign, correct, compare, show; and dossier statistics.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
report.command("statistics")(statistics)

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="Number of the report's version.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the journal and beside the report.")]
Agency = Annotated[str, typer.Option(help="Code of the agency, such as H44.11.")]
TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@report.command("due")
def due(
    regime: Annotated[str, typer.Option(help="Only of this regime.")] = "",
    agency: Agency = "",
    back: Annotated[int, typer.Option(min=1, max=800, help="Periods that ended so many days ago.")] = 92,
    everything: Annotated[bool, typer.Option("--all", help="Those that were sent too.")] = False,
    json: Json = False,
) -> None:
    """Show which reports are due, overdue, or soon to be. The answer is no (1) when one is overdue."""
    asked = {"regime": regime, "agency": agency, "back": back, "all": "1" if everything else ""}
    found = wait_for(_get("/v1/reports/due", asked))
    if json:
        say_json(found)
    else:
        from lgsp.cli import report_saying

        report_saying.due(found["due"])
    end(well=not any(one["standing"] == "overdue" for one in found["due"]))


@report.command("list")
def listed(  # noqa: PLR0913, PLR0917 - the options of a command
    state: Annotated[str, typer.Option(help="draft, signed, sent … , several with commas.")] = "",
    form: Annotated[str, typer.Option(help="Code of the form.")] = "",
    agency: Agency = "",
    period: Annotated[str, typer.Option(help="Such as 202403, or calendar/1:202403.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are overdue.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    json: Json = False,
) -> None:
    """Show reports, newest first."""
    asked = {
        "state": state, "form": form, "agency": agency, "period": labelled(period) if period else "",
        "overdue": "1" if overdue else "", "limit": limit,
    }  # fmt: skip
    found = wait_for(_get("/v1/reports", asked))
    if json:
        say_json(found)
    else:
        from lgsp.cli import report_showing

        report_showing.reports(found["reports"], more=found["next"] is not None)


@report.command("show")
def show(
    number: Number,
    html: HtmlFile = None,
    xlsx: XlsxFile = None,
    csv: CsvFile = None,
    json: Json = False,
) -> None:
    """Show a report as a table, or write it as a page to print, a spreadsheet or CSV."""
    if json and (html, xlsx, csv) == (None, None, None):
        say_json(wait_for(_get(f"/v1/reports/{number}", {})))
        return
    shown(f"/v1/reports/{number}/table", {}, Files(html, xlsx, csv), json=json)


@report.command("forms")
def forms(json: Json = False) -> None:
    """Show what may be reported: regimes, forms and their indicators."""
    found = wait_for(_get("/v1/reports/forms", {}))
    if json:
        say_json(found)
    else:
        from lgsp.cli import report_saying

        report_saying.forms(found)


@report.command("draft")
def draft(
    form: Annotated[str, typer.Option(help="Code of the form, such as 06a.")],
    agency: Agency,
    period: Annotated[str, typer.Option(help="Such as 202403, 20243, 2024, or calendar/1:202403.")],
    regime: Annotated[str, typer.Option(help="Code of the regime; the form's own if left out.")] = "",
    json: Json = False,
) -> None:
    """Draw a report up, counted as it was known at the cut-off; a draft that is there is counted anew."""
    said = {"form": form, "agency": agency, "period": labelled(period)}
    _say(wait_for(_drawn(said, regime)), json=json)


@report.command("set")
def type_in(
    number: Number,
    figures: Annotated[list[str], typer.Argument(help="received=12; late= is not given, late=? as counted.")],
    agency: Annotated[str, typer.Option(help="Of this unit below the reporting agency.")] = "",
    json: Json = False,
) -> None:
    """Type figures into a draft; what follows from them follows."""
    typed = [_figure(one, agency) for one in figures]
    _say(wait_for(_post(f"/v1/reports/{number}/figures", {"figures": typed})), json=json)


@report.command("sign")
def sign(
    number: Number,
    agreed: Annotated[str, typer.Option(help="Why contradictions stand all the same.")] = "",
    send: Annotated[bool, typer.Option("--send/--no-send", help="Send it by its system.")] = True,
    json: Json = False,
) -> None:
    """Sign a report off: it is fixed, and goes by the routes. One that contradicts itself is not (1)."""
    from uuid import uuid4

    from lgsp.client import AnswerError

    said = {"token": str(uuid4()), "agreed": agreed, "send": send}
    try:
        _say(wait_for(_post(f"/v1/reports/{number}/sign", said)), json=json)
    except AnswerError as fault:
        if "findings" not in fault.told:
            raise
        from lgsp.cli import report_saying

        if json:
            say_json(fault.told)
        else:
            report_saying.contradictions(fault.told["findings"])
        end(well=False)


@report.command("reopen")
def reopen(number: Number, reason: Reason, json: Json = False) -> None:
    """Take a signature back before the report went; the next version is a draft."""
    _say(wait_for(_post(f"/v1/reports/{number}/reopen", {"reason": reason})), json=json)


@report.command("correct")
def correct(number: Number, reason: Reason, json: Json = False) -> None:
    """Draw up the next version of a signed report, with what is known now."""
    _say(wait_for(_post(f"/v1/reports/{number}/correct", {"reason": reason})), json=json)


@report.command("elsewhere")
def elsewhere(
    number: Number,
    reason: Reason,
    at: Annotated[datetime, typer.Option(formats=TIMES, help="When it went, in Viet Nam time.")],
    channel: Annotated[str, typer.Option(help="document or other.")] = "document",
    json: Json = False,
) -> None:
    """Note that a signed report went by another way, as an official document for example."""
    from lgsp.message import VIETNAM

    said = {"channel": channel, "at": at.replace(tzinfo=VIETNAM).isoformat(), "reason": reason}
    _say(wait_for(_post(f"/v1/reports/{number}/elsewhere", said)), json=json)


@report.command("compare")
def compare(
    number: Number,
    other: Annotated[str, typer.Option("--with", help="now, or the number of another version.")] = "now",
    json: Json = False,
) -> None:
    """Show what changed since a report was drawn up, or between two versions. No change is yes (0)."""
    found = wait_for(_get(f"/v1/reports/{number}/compare", {"with": other}))
    if json:
        say_json(found)
    else:
        from lgsp.cli import report_saying

        report_saying.changes(found)
    end(well=not found["changes"])


@report.command("derive")
def derive(  # noqa: PLR0913, PLR0917 - the options of a command
    number: Number,
    indicator: Annotated[str, typer.Argument(help="Code of the indicator, such as late.")],
    agency: Annotated[str, typer.Option(help="Of this unit below the reporting agency.")] = "",
    after: Annotated[str, typer.Option(help="Dossiers behind this one.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
    json: Json = False,
) -> None:
    """Show where a figure comes from: the dossiers behind it, its formula, or who typed it."""
    asked = {"indicator": indicator, "agency": agency, "after": after, "limit": limit}
    found = wait_for(_get(f"/v1/reports/{number}/derivation", asked))
    if json:
        say_json(found)
    else:
        from lgsp.cli import report_saying

        report_saying.derivation(found)


def _figure(text: str, agency: str) -> dict[str, Any]:
    code, sign_, value = text.partition("=")
    if not sign_ or not code:
        raise typer.BadParameter(f"{text!r}: write a figure as received=12")
    said = {"indicator": code, "agency": agency}
    if value == "?":
        return said | {"taken_back": True}
    return said | {"value": value or None}


def _say(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
        return
    from lgsp.cli import report_showing

    report_showing.report(told)


async def _drawn(said: dict[str, Any], regime: str) -> Any:
    async with gateway() as running:
        if not regime:
            known = (await running.get("/v1/reports/forms"))["forms"]
            regime = next((one["regime"] for one in known if one["code"] == said["form"]), said["form"])
        return await running.post("/v1/reports", said | {"regime": regime})


async def _get(path: str, asked: dict[str, Any]) -> Any:
    async with gateway() as running:
        return await running.get(path, **{name: value for name, value in asked.items() if value != ""})


async def _post(path: str, said: Any) -> Any:
    async with gateway() as running:
        return await running.post(path, said)
