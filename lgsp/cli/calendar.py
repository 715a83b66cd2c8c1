"""`lgsp calendar due` and `lgsp calendar show`: when something is due, and which days are worked."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, say_json

if TYPE_CHECKING:
    from lgsp.domain.calendar.agencies import Calendars
    from lgsp.domain.calendar.facts import DayFact
    from lgsp.domain.calendar.terms import Due, Pause, Rule, Term, Unknown

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_MONTHS = 12
_FIRST, _LAST = 1900, 2200

calendar = typer.Typer(
    help="Count due dates, and show which days are worked.", no_args_is_help=True, rich_markup_mode=None
)

Agency = Annotated[str, typer.Option(help="Code of the agency whose calendar counts, such as H44.11.")]


@calendar.command()
def due(  # noqa: PLR0913 - each is a fact of its own that a due date rests on
    received: Annotated[str, typer.Argument(help="When it was received: 2026-01-08 or 2026-01-08T15:30.")],
    term: Annotated[str, typer.Argument(help="How long it may take: 2 or 2d in working days, 16h in hours.")],
    *,
    agency: Agency = "",
    hours: Annotated[bool, typer.Option("--hours", help="The number is in working hours.")] = False,
    rule: Annotated[str, typer.Option(help="The declared way of counting.")] = "standard",
    pause: Annotated[
        list[str] | None,
        typer.Option(help="Time that does not count: 2026-01-09T10:00..2026-01-14T08:00. May be repeated."),
    ] = None,
    extend: Annotated[str, typer.Option(help="Working time that was added later, like the term.")] = "",
    json: Json = False,
) -> None:
    """Tell when something is due.

    The answer is no when it would need a day of a year whose days off are not notified yet.
    """
    from lgsp.domain.calendar import due as counting
    from lgsp.domain.calendar.telling import told_due
    from lgsp.domain.calendar.terms import Unknown

    calendars, when = _calendars(agency), _moment(received, "received")
    chosen, span = _rule(calendars, rule), _term(term, "term", hours=hours)
    more = _term(extend, "--extend", hours=span.by_hours) if extend else None
    if more and more.by_hours != span.by_hours:
        raise typer.BadParameter("--extend: is not of the term's kind; write both in days or both in hours")
    stopped = [_pause(one) for one in pause or ()]
    found = counting.due(when, span, calendars.of(agency), chosen, stopped, extension=more)
    if isinstance(found, Unknown):
        _say_unknown(calendars.unknown(found.year), json=json)
        return
    if json:
        say_json(told_due(found, chosen))
    else:
        _say_due(found, when, chosen, calendars, agency)


@calendar.command()
def show(
    year: Annotated[int, typer.Argument(min=_FIRST, max=_LAST, help="Which year.")],
    *,
    agency: Agency = "",
    json: Json = False,
) -> None:
    """Show a year's days off, the weekend days that are worked, and how many working days each month has.

    The answer is no for a year that is not notified yet: then it shows what is known, and what is missing.
    """
    from lgsp.domain.calendar.telling import told_year

    calendars = _calendars(agency)
    told = told_year(calendars, year, agency)
    if json:
        say_json(told)
    else:
        _say_year(told)
    end(well=told["notified"])


# --- reading what was asked -----------------------------------------------------------------------------


def _calendars(agency: str) -> Calendars:
    from lgsp.calendars import read_calendars
    from lgsp.domain.codes import agency_code
    from lgsp.home import home

    if agency and agency_code(agency) is None:
        raise typer.BadParameter(f"--agency: {agency!r} is no agency code; write it as H44 or H44.11")
    return read_calendars(home())


def _moment(text: str, field: str) -> date | datetime:
    try:
        found: date | datetime = (
            date.fromisoformat(text) if len(text) <= len("2026-01-08") else datetime.fromisoformat(text)
        )
    except ValueError:
        raise typer.BadParameter(
            f"{field}: {text!r} is neither a date nor a moment; write 2026-01-08 or 2026-01-08T15:30"
        ) from None
    if not _FIRST <= found.year <= _LAST:
        raise typer.BadParameter(f"{field}: the year of {text!r} is out of reach; mend it")
    return found


def _rule(calendars: Calendars, name: str) -> Rule:
    found = calendars.rule(name)
    if found is None:
        known = ", ".join(sorted({rule.name for rule in calendars.rules}))
        raise typer.BadParameter(f"--rule: {name!r} is not declared; one of {known}")
    return found


def _term(text: str, field: str, *, hours: bool) -> Term:
    from lgsp.domain.calendar.terms import read_term

    try:
        return read_term(text, hours=hours)
    except ValueError as fault:
        raise typer.BadParameter(f"{field}: {fault}") from None


def _pause(text: str) -> Pause:
    from lgsp.domain.calendar.due import local
    from lgsp.domain.calendar.terms import Pause

    start, _, until = text.partition("..")
    try:
        return Pause(*(local(_at_midnight(_moment(one, "--pause"))) for one in (start, until)))
    except ValueError as fault:
        raise typer.BadParameter(f"--pause: {fault}") from None


def _at_midnight(found: date | datetime) -> datetime:
    return found if isinstance(found, datetime) else datetime.combine(found, datetime.min.time())


# --- telling a due date ---------------------------------------------------------------------------------


def _say_due(found: Due, when: date, rule: Rule, calendars: Calendars, agency: str) -> None:
    typer.echo(f"Hẹn trả (due): {_in_words(found)}")
    if found.original:
        typer.echo(f"  trước khi gia hạn (before the extension): {_in_words(found.original)}")
    if found.counted_from:
        typer.echo(f"  tính là nhận lúc (counted from): {found.counted_from:%H:%M %d/%m/%Y}")
    typer.echo(f"  quy tắc (rule) {rule.label}: {rule.vi} ({rule.en})")
    for fact in _on_the_way(when, found.day, calendars, agency):
        typer.echo(f"  {_fact_in_words(fact)}")


def _in_words(found: Due) -> str:
    day = f"{WEEKDAYS[found.day.weekday()]} {found.day:%d/%m/%Y}"
    return f"{found.moment:%H:%M} {day}" if found.by_hours else day


def _on_the_way(when: date, until: date, calendars: Calendars, agency: str) -> list[DayFact]:
    """Return what was notified of the days between receipt and due date."""
    first = when.date() if isinstance(when, datetime) else when
    years = range(first.year, until.year + 1)
    return [fact for year in years for fact in calendars.days_of(agency, year) if first < fact.day <= until]


def _fact_in_words(fact: DayFact) -> str:
    from lgsp.domain.calendar.facts import Kind

    what = "làm việc (worked)" if fact.kind is Kind.WORKED else "nghỉ (off)"
    basis = f" [{fact.basis}]" if fact.basis else ""
    return f"{fact.day:%d/%m/%Y} {what}: {fact.vi} ({fact.en}){basis}"


def _say_unknown(found: Unknown, *, json: bool) -> None:
    if json:
        reason = f"{found.vi} ({found.en})"
        say_json({"due": None, "unknown": {"year": found.year, "reason": reason}})
    else:
        typer.echo(f"Chưa tính được ngày hẹn trả (unknown): {found.vi}\n  ({found.en})")
        typer.echo(f"  {_MEND}")
    end(well=False)


_MEND = "Khi có thông báo, ghi vào calendar.yaml (once it is out, enter it in calendar.yaml)"

# --- showing a year -------------------------------------------------------------------------------------


def _say_year(told: dict[str, Any]) -> None:
    from lgsp.cli.paper import console, table

    if told["notified"]:
        notices = ", ".join(told["notices"]) or "không ghi số (no number recorded)"
        typer.echo(f"Năm {told['year']}, thông báo (notices): {notices}; độ tin cậy: {told['confidence']}")
    else:
        typer.echo(f"Năm {told['year']}: {told['missing']}\n  {_MEND}")
    if told.get("remark"):
        typer.echo(f"  còn ngỏ (still open): {told['remark']}")
    for name, heading in _HEADINGS.items():
        if told[name]:
            rows = [_row(one) for one in told[name]]
            console().print(table((heading, "ngày (day)", "tên (name)", "căn cứ (basis)"), rows))
    if told["notified"]:
        _say_months(told["working_days"])


_HEADINGS = {
    "off": "nghỉ (off)",
    "worked": "làm bù (worked)",
    "on_weekends": "lễ trùng cuối tuần (on a weekend)",
}


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    day = date.fromisoformat(one["day"])
    other = f" ↔ {date.fromisoformat(one['for']):%d/%m/%Y}" if "for" in one else ""
    name = f"{one['vi']} ({one['en']}){other}"
    return f"{day:%d/%m/%Y}", WEEKDAYS[day.weekday()], name, one["basis"]


def _say_months(months: dict[str, int]) -> None:
    from lgsp.cli.paper import console, table

    rows = [(f"{month[5:]}/{month[:4]}", count) for month, count in months.items()]
    rows.append(("cả năm (all year)", sum(months.values())))
    console().print(table(("tháng (month)", "ngày làm việc (working days)"), rows, right=(1,)))
