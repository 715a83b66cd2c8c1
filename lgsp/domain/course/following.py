"""Putting together the course of a document: who received it, how far each is, and what was asked since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.course import changes as asked
from lgsp.domain.course.awaiting import Awaited, Spokesman
from lgsp.domain.course.bodies import Receivers, carried, day_of, receivers
from lgsp.domain.course.changes import ANSWERS, ASKED_BACK, Answer, Change
from lgsp.domain.course.deadlines import Deadline, of_receipt, of_sending
from lgsp.domain.course.packets import BRINGING, Body, Data, Packet, Same, Step, Way, in_order

_DELIVERED, _WAITS = "delivered", "waiting"
_TURNS = {"ready", "sending", "put off", "held", "offered"}
"""States of a delivery whose turn it is at its system."""
_ASIDE = {ASKED_BACK, *ANSWERS}
"""Statuses that do not say how far a receiver is with the document."""


@dataclass(slots=True, frozen=True)
class Receiver:
    """How far one receiver is.

    Attributes:
        ways: deliveries to it, the one that counts first; none where it is not carried by us.
        steps: what it told of the document, in the order in which things were.
        sending, receipt: deadlines; the second from the delivery on.
    """

    body: Body
    ways: Sequence[Way]
    steps: Sequence[Step]
    awaited: Awaited
    sending: Deadline
    receipt: Deadline | None

    @property
    def latest(self) -> Step | None:
        """The status that says how far it is; None before the first."""
        return next((step for step in reversed(self.steps) if _says_how_far(step)), None)


@dataclass(slots=True, frozen=True)
class Course:
    """Where one document stands.

    Attributes:
        brought: the packets that brought it: one, or several where it came by several systems. None where
            only something about it came by here.
        sender: who issued it, as a canonical organisation.
        changes: recalls and updates in the order in which they were taken on.
        others: statuses of bodies that are none of its receivers.
    """

    brought: Sequence[Packet]
    sender: Mapping[str, object]
    receivers: Sequence[Receiver]
    changes: Sequence[Change]
    others: Sequence[Step]

    @property
    def data(self) -> Data:
        """The document; empty where it did not come by here, or is not kept any more."""
        return next((one.data for one in self.brought if one.data), {})


@dataclass(slots=True, frozen=True)
class Present:
    """What is known beside the packets.

    Attributes:
        same: which codes name one body on a day.
        now: the present.
    """

    same: Same
    calendars: Calendars
    now: datetime


def courses(packets: Iterable[Packet], present: Present) -> list[Course]:
    """Return the courses of the documents of one line: one, but where several senders use one id.

    A status, a recall or an update belongs to the document of the body that it names as issuer; where it
    names none of them, to each.
    """
    everything = sorted(packets, key=lambda one: one.accepted_at)
    brought: dict[str, list[Packet]] = {}
    for packet in everything:
        if packet.act in BRINGING:
            brought.setdefault(_named(packet.sender, packet, present), []).append(packet)
    said = [packet for packet in everything if packet.act not in BRINGING]
    if not brought:
        return [_Making([], said, present).course()] if said else []
    return [
        _Making(group, [one for one in said if _concerns(one, issuer, brought, present)], present).course()
        for issuer, group in brought.items()
    ]


def _named(organisation: Mapping[str, object], packet: Packet, present: Present) -> str:
    code = str(organisation.get("code") or "")
    return present.same(code, day_of(packet.accepted_at)) if code else ""


def _concerns(said: Packet, issuer: str, brought: Mapping[str, object], present: Present) -> bool:
    """Tell whether something that was said is about the document of an issuer."""
    by_sender = said.act != "status" or said.data.get("status") == ASKED_BACK
    found = _named(said.sender if by_sender else {"code": said.addressee}, said, present)
    return found == issuer or found not in brought


class _Making:
    """One document's packets on their way to its course."""

    def __init__(self, brought: Sequence[Packet], said: Sequence[Packet], present: Present) -> None:
        self._brought, self._said, self._present = brought, said, present
        self._sender = _sender(brought, said)
        self._day = day_of((brought or said)[0].accepted_at)
        asking = [one for one in said if asked.what_of(one)]
        self._asking = [one for one in asking if one.act != "status" or self._is_sender(one.sender)]
        self._updates = [one for one in self._asking if asked.what_of(one) == "update"]
        asks = {one.message for one in self._asking}
        self._statuses = [one for one in said if one.act == "status" and one.message not in asks]
        self._first: dict[str, Packet] = {}
        self._bodies = list(self._receivers().values())
        self._known = Receivers(self._bodies, present.same, self._day)
        self._asked = {one.message: self._asked_of(one) for one in self._asking}
        self._speaks = Spokesman(Body("", str(self._sender.get("name") or ""), _codes(self._sender)).shown)

    def course(self) -> Course:
        """Put it together."""
        steps, others = self._shared_out()
        ways, extra = self._known.ways(self._brought), self._known.ways(self._updates)
        changes = [self._change(one, steps) for one in self._asking]
        recalls = [one for one in changes if one.what == "recall" and one.by_sender]
        recalled = {answer.body.key: answer for one in recalls for answer in one.answers}
        found = [
            self._receiver(body, ways[body.key] or extra[body.key], steps[body.key], recalled.get(body.key))
            for body in self._bodies
        ]
        return Course(self._brought, self._sender, found, changes, in_order(others))

    # --- who --------------------------------------------------------------------------------------------

    def _receivers(self) -> dict[str, Body]:
        """Return everybody to whom the document, or an update of it, was written; note by which packet."""
        found: dict[str, Body] = {}
        for packet in (*self._brought, *self._updates):
            for body in self._named_in(packet) or carried(packet.ways, self._present.same, self._day):
                found.setdefault(body.key, body)
                self._first.setdefault(body.key, packet)
        return found

    def _named_in(self, packet: Packet) -> list[Body]:
        return receivers(packet.data, self._present.same, self._day)

    def _is_sender(self, organisation: Mapping[str, object]) -> bool:
        code, own = str(organisation.get("code") or ""), str(self._sender.get("code") or "")
        same = self._present.same
        return not own or (bool(code) and same(code, self._day) == same(own, self._day))

    def _asked_of(self, packet: Packet) -> dict[str, Body]:
        """Return of whom a change was asked, by key; one that names nobody is for all."""
        by_status = packet.act == "status"
        codes = [packet.addressee] if by_status else self._codes_in(packet)
        found = {body.key: body for body in map(self._known.of, codes) if body}
        return found if any(codes) else {body.key: body for body in self._bodies}

    def _codes_in(self, packet: Packet) -> list[str]:
        return [body.code for body in self._named_in(packet)]

    def _shared_out(self) -> tuple[dict[str, list[Packet]], list[Packet]]:
        """Return by receiver what it told, and what was told by bodies that are none."""
        steps: dict[str, list[Packet]] = {body.key: [] for body in self._bodies}
        others: list[Packet] = []
        for one in self._statuses:
            body = self._known.of(str(one.sender.get("code") or ""), day_of(one.accepted_at))
            (steps[body.key] if body else others).append(one)
        return steps, others

    # --- what was asked since ---------------------------------------------------------------------------

    def _change(self, packet: Packet, told: Mapping[str, Sequence[Packet]]) -> Change:
        bodies = self._asked[packet.message]
        ways = self._known.ways([packet], bodies)
        answers = [self._answer(packet, body, ways[key], told[key]) for key, body in bodies.items()]
        return Change(asked.what_of(packet), packet, answers, by_sender=self._is_sender(packet.sender))

    def _answer(self, packet: Packet, body: Body, ways: Sequence[Way], told: Sequence[Packet]) -> Answer:
        answers = [step for step in in_order(told) if step.status in ANSWERS]
        mine = [one for one in self._asking if body.key in self._asked[one.message]] if answers else []
        steps = [step for step in answers if asked.meant(mine, step) is packet]
        return Answer(body, ways, steps, self._awaited_of(packet, body, ways, steps))

    def _awaited_of(self, packet: Packet, body: Body, ways: Sequence[Way], steps: Sequence[Step]) -> Awaited:
        there = bool(steps) or _delivered(ways) or not (ways or packet.unrouted)
        if not there:
            return self._speaks.on_its_way(body, ways, packet, self._ahead(packet, body, ways))
        since = steps[-1].at if steps else ways[0].since if ways else packet.accepted_at
        return self._speaks.of_change(body, asked.what_of(packet), asked.word_of(steps), since)

    # --- how far ----------------------------------------------------------------------------------------

    def _receiver(
        self, body: Body, ways: Sequence[Way], told: Sequence[Packet], recall: Answer | None
    ) -> Receiver:
        steps, first = in_order(told), self._first[body.key]
        held = [step for step in steps if _says_how_far(step)]
        sending, receipt = self._deadlines(body, ways, held, first)
        awaited = self._awaited(body, ways, held, recall)
        return Receiver(body, ways, steps, awaited, sending, receipt)

    def _deadlines(
        self, body: Body, ways: Sequence[Way], held: Sequence[Step], first: Packet
    ) -> tuple[Deadline, Deadline | None]:
        calendars, now = self._present.calendars, self._present.now
        delivered = ways[0].since if _delivered(ways) else None
        told = min((step.at for step in held), default=None)
        there = min((at for at in (delivered, told) if at), default=None)
        own = calendars.of(str(self._sender.get("code") or ""))
        sending = of_sending(first.accepted_at, first.data, own, there, now)
        return sending, of_receipt(there, calendars.of(body.code), told, now) if there else None

    def _awaited(
        self, body: Body, ways: Sequence[Way], held: Sequence[Step], recall: Answer | None
    ) -> Awaited:
        """Return what is awaited now: first that it arrives, then that it is destroyed if it is recalled."""
        first = self._first[body.key]
        if (held or _delivered(ways)) and recall is not None and recall.word != "declined":
            return recall.awaited
        if held:
            return self._speaks.of_status(body, held[-1])
        return self._speaks.on_its_way(body, ways, first, self._ahead(first, body, ways))

    def _ahead(self, packet: Packet, body: Body, ways: Sequence[Way]) -> Way | None:
        """Return what a packet that waits waits behind: whose turn it is, or what died for the body."""
        if not ways or ways[0].state != _WAITS:
            return None
        earlier = [
            one
            for one in (*self._brought, *self._said)
            if one is not packet and one.accepted_at <= packet.accepted_at
        ]
        near = [way for one in earlier for way in one.ways if way.system == ways[0].system]
        papers = [one for one in earlier if one.act != "status"]
        dead = [way for way in self._known.ways(papers, [body.key])[body.key] if way.is_dead and way in near]
        return next((way for way in near if way.state in _TURNS), next(iter(dead), None))


def _says_how_far(step: Step) -> bool:
    """Tell whether a status is of the document itself, and its body is still kept."""
    return bool(step.packet.data) and step.status not in _ASIDE


def _delivered(ways: Sequence[Way]) -> bool:
    return bool(ways) and ways[0].state == _DELIVERED


def _codes(organisation: Mapping[str, object]) -> list[str]:
    return [str(organisation["code"])] if organisation.get("code") else []


def _sender(brought: Sequence[Packet], said: Sequence[Packet]) -> Mapping[str, object]:
    """Return who issued the document: its sender, else whom the statuses are meant for."""
    for packet in (*brought, *(one for one in said if one.act != "status")):
        if packet.sender:
            return packet.sender
    asked_back = next((one.sender for one in said if one.data.get("status") == ASKED_BACK), None)
    meant = next((one.addressee for one in said if one.addressee), None)
    return asked_back or ({"code": meant} if meant else {})
