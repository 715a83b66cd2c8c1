"""Judging whether a message lies within what the credential that brought it was granted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from lgsp.callers import Bounds, Subtree
from lgsp.domain.agencies.register import Register
from lgsp.domain.codes import dossier_code, under
from lgsp.errors import Forbidden, Problem
from lgsp.message import VIETNAM, Message
from lgsp.redacting import without_numbers
from lgsp.routing import body_of, within
from lgsp.schemas import TypeInfo

SEND, COLLECT, READ, ASK = "send", "collect", "read", "ask"
"""What a credential may be granted: bring messages, empty the mailbox, read its own, put questions."""
ACTS = frozenset({SEND, COLLECT, READ, ASK})
_SURE = 8192
_WARRANTS = 1024
_TOLD = 5
"""So many of its agencies are told to a sender that named another."""


def today() -> date:
    """Return the day of now in Viet Nam."""
    return datetime.now(VIETNAM).date()


def no_act(bounds: Bounds, act: str) -> Problem | None:
    """Return the fault of doing what a credential was not granted; None when it was."""
    if bounds.acts and act not in bounds.acts:
        return Problem("", "act-not-granted", act)
    return None


def demand(bounds: Bounds | None, act: str) -> None:
    """Let an act be done that a credential was granted; None is whoever has no bounds.

    Raises:
        Forbidden: it was not.
    """
    fault = None if bounds is None else no_act(bounds, act)
    if fault is not None:
        raise Forbidden([fault])


def demand_question(bounds: Bounds | None, type_: str) -> None:
    """Let a question of a type be put by a credential that was granted it; see `demand`.

    Raises:
        Forbidden: it was not.
    """
    demand(bounds, ASK)
    if bounds is not None and bounds.types and type_ not in bounds.types:
        raise Forbidden([Problem("/type", "type-not-granted", without_numbers(type_[:100]))])


class Warrant:
    """What one credential is good for, by what is known of agencies.

    A message speaks for its agency and, if its code is one of a dossier, for the agency in the code: both
    must be among those granted, or below one. A body that was closed is also what all of it became, on the
    day of the event or by now; one that was divided, or that several claim whole, is itself alone. What is
    told of a day to come is judged as of today. A code that is none is good for itself, letter by letter, and
    no more. What names no agency although its type has a place for it lies outside; a type without such a
    place speaks for nobody, and only `types` bounds it.

    Args:
        bounds: of the credential.
        serves: agencies that its system serves; they count where the credential names none.
        agencies: what is known of agencies.
    """

    def __init__(self, bounds: Bounds, serves: Sequence[str], agencies: Register) -> None:
        self.bounds, self.serves, self.agencies = bounds, serves, agencies
        self._tops = [*bounds.agencies] or [Subtree(code) for code in serves]
        self._always = [top.agency for top in self._tops if top.since is None and top.until is None]
        self._sure: set[tuple[str, str]] = set()
        self._verdicts: dict[tuple[str, date, date], bool] = {}

    def refuses(self, message: Message, info: TypeInfo) -> Forbidden | None:
        """Return why a message is turned away; None when it lies within."""
        bounds = self.bounds
        fault = self._not_granted(message) if bounds.acts or bounds.types else None
        if fault is None and self._tops:
            code = dossier_code(message.subject)
            agency = code.agency if code else ""
            if (message.agency, agency) in self._sure:
                return None
            fault = self._foreign(message, info, agency)
        return None if fault is None else Forbidden([fault], subject=message.subject, type=message.type)

    def demand_dossier(self, code: str) -> None:
        """Let a question be put for a dossier of an agency that was granted, by the code alone.

        Whether the dossier is known here does not matter: people are asked about before it is brought. A code
        that names no agency lies outside; a question for no dossier speaks for nobody.

        Raises:
            Forbidden: it lies outside.
        """
        if not self._tops or not code.strip():
            return
        known, day = dossier_code(code), today()
        if known is None:
            raise Forbidden([Problem("/dossier", "agency-not-told")])
        if not self.speaks_for(known.agency, day):
            raise Forbidden([Problem("/dossier", "agency-not-granted", self._granted(day))])

    def speaks_for(self, code: str, day: date) -> bool:
        """Tell whether an agency is among those granted on a day, by itself or as what all of it became."""
        if not self._tops:
            return True
        now = today()
        asked = code, min(day, now), now
        found = self._verdicts.get(asked)
        if found is None:
            if len(self._verdicts) >= _SURE:
                self._verdicts.clear()
            found = self._verdicts[asked] = self._judged(*asked)
        return found

    def _judged(self, code: str, day: date, now: date) -> bool:
        tops = [top.agency for top in self._tops if top.holds(day)]
        bodies = dict.fromkeys((code, *(body_of(self.agencies, code, on) for on in (day, now))))
        return any(within(body, top) for body in bodies for top in tops)

    def _not_granted(self, message: Message) -> Problem | None:
        bounds = self.bounds
        if bounds.acts and SEND not in bounds.acts:
            return Problem("", "act-not-granted", SEND)
        if bounds.types and message.type not in bounds.types:
            return Problem("type", "type-not-granted", message.type)
        return None

    def _foreign(self, message: Message, info: TypeInfo, in_code: str) -> Problem | None:
        """Return the fault of the first agency that it may not speak for."""
        named = message.agency or info.speaks_for(message.data)
        if info.agency is not None and not named:
            return Problem(info.agency, "agency-not-told")
        day = _day_of(message)
        if named and not self.speaks_for(named, day):
            return Problem(info.agency or "", "agency-not-granted", self._granted(day))
        if in_code and in_code != named and not self.speaks_for(in_code, day):
            return Problem(info.subject, "agency-not-granted", self._granted(day))
        if message.agency and self._whenever(message.agency) and (not in_code or self._whenever(in_code)):
            self._note(message.agency, in_code)
        return None

    def _whenever(self, agency: str) -> bool:
        """Tell whether a code lies within on any day, whatever becomes known of it."""
        return any(under(agency, top) for top in self._always)

    def _note(self, agency: str, in_code: str) -> None:
        if len(self._sure) >= _SURE:
            self._sure.clear()
        self._sure.add((agency, in_code))

    def _granted(self, day: date) -> str:
        """Return what is granted, as the text of the cause goes on."""
        held = [top.agency for top in self._tops if top.holds(min(day, today()))]
        return ", ".join(held[:_TOLD]) + (", …" if len(held) > _TOLD else "") or "-"


class Warrants:
    """The warrants of a process; each holds as long as its credential, its system and the register do."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[int, int], Warrant] = {}

    def of(self, bounds: Bounds, serves: Sequence[str], agencies: Register) -> Warrant:
        """Return the warrant of a credential; see `Warrant`."""
        found = self._drawn.get((id(bounds), id(serves)))
        # a number may be given again once its object is gone: a warrant holds those that it was drawn for
        if (
            found is not None
            and found.bounds is bounds
            and found.serves is serves
            and found.agencies is agencies
        ):
            return found
        if len(self._drawn) >= _WARRANTS:
            self._drawn.clear()
        found = self._drawn[id(bounds), id(serves)] = Warrant(bounds, serves, agencies)
        return found


def _day_of(message: Message) -> date:
    """Return the day of what a message tells of, in Viet Nam; today where it does not say."""
    moment = message.time
    if moment is None:
        return today()
    try:
        return (moment if moment.tzinfo is None else moment.astimezone(VIETNAM)).date()
    except OverflowError:
        return today()
