"""Taking messages on: identity, order and routing of a batch of arrivals, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from lgsp.errors import Conflict, Problem, Rejected
from lgsp.inbox import Accepted
from lgsp.journal import catalogues
from lgsp.journal.adopting import Adopted, enter
from lgsp.journal.alluding import lead_back
from lgsp.journal.anchoring import Asked, present
from lgsp.journal.beside import kept
from lgsp.journal.contract import Arrival, Offer, StaleRoutesError, Taken, Transaction, Wanted, as_uuid
from lgsp.journal.handovers import keep_part
from lgsp.journal.job_runs import keep, tally
from lgsp.journal.known import known_receipts
from lgsp.journal.lines import (
    Revision,
    Verdict,
    identity_digest,
    identity_key,
    judge,
    line_digest,
    told_as_before,
)
from lgsp.journal.namesakes import Namesakes
from lgsp.journal.promoting import dispatch
from lgsp.journal.retelling import moment_of, told
from lgsp.journal.rows import (
    BIRTH,
    INSERT_BODY,
    INSERT_ENTRY,
    INSERT_MESSAGE,
    INSERT_RAW,
    entry,
    insert,
    listed,
    rows_of,
)
from lgsp.journal.salts import Salts
from lgsp.journal.states import Move, State, after
from lgsp.journal.superseding import LineBook
from lgsp.journal.tables import quarantine
from lgsp.journal.turns import Frame
from lgsp.keys import PLAIN
from lgsp.message import Finding, message_id
from lgsp.redacting import without_numbers

_FEW = 50
"""So many of the first and of the last revisions are looked at: one more of a subject that is told thousands
of times costs what the first ones cost. What is equal to one in between is not noticed as a return."""
_HELD = "SELECT identity, id, uid, revision, native, accepted_at, watched FROM messages"
_REVISIONS = f"{_HELD} WHERE identity IN ({{}}) AND revision <= {_FEW} ORDER BY identity, revision"
_LATER = f"{_HELD} WHERE identity = ? AND revision > {_FEW} ORDER BY revision DESC LIMIT ?"
_QUARANTINE = insert(quarantine)
PARKED_PROBE = 2_000_000
"""Microseconds after which a parked delivery's anchor is asked for at the far side."""

OTHERWISE = Finding("known-otherwise", "")
"""Of what is adopted: the journal knows the subject already, with another content."""

_ODD = {
    Verdict.RETURNED: Finding("returned", "", "equal to an older revision"),
    Verdict.CONFLICT: Finding("another-body", "", "fetched"),
}


@dataclass(slots=True)
class _Case:
    """One offer under judgement."""

    offer: Offer
    identity: bytes
    key: str
    lines: list[bytes]


def _revision(row: Sequence[Any]) -> Revision:
    number, uid, revision, native, at, watched = row
    return Revision(number, uid, revision, bytes(native), at, watched)


class Acceptance:
    """One batch of arrivals on its way into the journal."""

    def __init__(self, tx: Transaction, arrivals: Sequence[Arrival], salts: Salts) -> None:
        self._tx = tx
        self._salts = salts
        self._arrivals = arrivals
        self._cases = [[_case(arrival.source, offer) for offer in arrival.offers] for arrival in arrivals]
        self._messages: list[tuple[Any, ...]] = []
        self._bodies: list[tuple[Any, ...]] = []
        self._deliveries: list[tuple[Any, ...]] = []
        self._entries: list[tuple[Any, ...]] = []
        self._raws: list[tuple[Any, ...]] = []
        self._quarantine: list[tuple[Any, ...]] = []
        self._catalogued: list[catalogues.Told] = []
        self._adopted: list[Adopted] = []
        self._unseen: list[int] = []
        self.frames: list[Frame] = []
        self._kept = 0

    def run(self) -> list[Taken]:
        """Judge every offer and write what follows; return one answer per arrival."""
        cases = [case for group in self._cases for case in group]
        lines = sorted({line for case in cases for line in case.lines})
        self._tx.lock(lines)
        self._held = self._revisions(Counter(case.identity for case in cases))
        self._present, unparked = present(self._tx, self._anchors(cases))
        self._namesakes = Namesakes(self._tx, [case.offer for case in cases])
        self._published = self._tx.rows("SELECT max(version) FROM published")[0][0] or 0
        self._book = LineBook(self._tx, lines, self._flush)
        self._draw_ids(len(cases), sum(len(case.lines) for case in cases))
        taken = [self._arrival(a, group) for a, group in zip(self._arrivals, self._cases, strict=True)]
        self._flush()
        catalogues.enter(self._tx, self._catalogued, [one.page for one in self._arrivals if one.page])
        self._answer_known(taken)
        taken[0].frames[:0] = [*unparked, *self._aside()]
        return taken

    def _draw_ids(self, offers: int, wanted: int) -> None:
        rejected = sum(len(arrival.rejected) for arrival in self._arrivals)
        self._message_ids = iter(self._tx.ids("messages", offers))
        self._delivery_ids = iter(self._tx.ids("deliveries", wanted))
        self._raw_ids = iter(self._tx.ids("raws", len(self._arrivals)))
        self._entry_ids = iter(self._tx.ids("entries", offers + rejected))
        self._quarantine_ids = iter(self._tx.ids("quarantine", offers + rejected))

    def _revisions(self, identities: Mapping[bytes, int]) -> dict[bytes, list[Revision]]:
        """Return what is held of each identity that is told so many times now."""
        held: dict[bytes, list[Revision]] = {}
        for identity, *row in self._tx.among(_REVISIONS, sorted(identities)):
            held.setdefault(bytes(identity), []).append(_revision(row))
        for identity, revisions in held.items():
            if len(revisions) == _FEW:
                later = self._tx.rows(_LATER, (identity, max(_FEW, identities[identity])))
                revisions.extend(_revision(row) for _, *row in reversed(later))
        return held

    def _anchors(self, cases: Sequence[_Case]) -> list[Asked]:
        return [
            Asked(line, wanted.system, case.offer.anchor, case.offer.message.partitionkey)
            for case in cases
            if case.offer.anchor is not None
            for wanted, line in zip(case.offer.wanted, case.lines, strict=True)
        ]

    def _arrival(self, arrival: Arrival, cases: Sequence[_Case]) -> Taken:
        if arrival.published not in (0, self._published):
            raise StaleRoutesError("accepting: the routes have changed; route it anew")
        raw_id = next(self._raw_ids)
        before = self._kept
        start = len(self.frames)
        again = told_as_before([(c.identity, c.offer.message.native) for c in cases], self._held)
        results = [self._offer(arrival, case, raw_id, again.get(n)) for n, case in enumerate(cases)]
        for item, reason in arrival.rejected:
            self._turn_away(arrival, item, reason, raw_id)
        if self._kept > before:
            self._keep_raw(arrival, raw_id)
        if arrival.page is not None:
            keep(self._tx, arrival.page, tally(results, len(arrival.rejected)))
        if arrival.part is not None:
            keep_part(self._tx, arrival.part, results)
        return Taken(results, self.frames[start:])

    def _offer(
        self, arrival: Arrival, case: _Case, raw_id: int, before: Revision | None
    ) -> Accepted | Rejected:
        held = self._held.setdefault(case.identity, [])
        if held and arrival.part is not None:
            return self._known_before(arrival, case, held)
        if before is not None:
            return self._tell_again(arrival, case, before)
        verdict = judge(case.offer.kind, held, case.offer.message.native)
        if verdict is Verdict.KNOWN or catalogues.is_overtaken(case.offer, held):
            return self._tell_again(arrival, case, held[-1])
        if verdict is Verdict.CONFLICT and arrival.page is None:
            reason = Conflict(
                [Problem(case.key, "known-with-another-body")],
                subject=case.offer.message.subject,
                type=case.offer.message.type,
            )
            self._turn_away(arrival, case.offer.item, reason, raw_id)
            return reason
        return self._take_on(arrival, case, held, raw_id, _ODD.get(verdict))

    def _tell_again(self, arrival: Arrival, case: _Case, held: Revision) -> Accepted:
        self._entries.append(
            entry(next(self._entry_ids), self._tx.now, "told again", message=held.message,
                  source=arrival.source, who=arrival.source)
        )  # fmt: skip
        return Accepted(as_uuid(held.uid), True, held.number, (), tuple(case.offer.message.findings))

    def _known_before(self, arrival: Arrival, case: _Case, held: Sequence[Revision]) -> Accepted:
        """Adopt nothing of a subject that is known, but that it is there."""
        offer = case.offer
        self._adopted += [Adopted(line, offer.message.type, offer.kind) for line in case.lines]
        same = next((one for one in held if one.native == offer.message.native), None)
        known = self._tell_again(arrival, case, same or held[-1])
        return known if same else replace(known, findings=(OTHERWISE,))

    def _take_on(
        self, arrival: Arrival, case: _Case, held: list[Revision], raw_id: int, odd: Finding | None
    ) -> Accepted:
        offer, message = case.offer, case.offer.message
        revision = held[-1].number + 1 if held else 1
        first = revision == 1  # an identity is named by the id of its first revision
        uid = (
            as_uuid(case.identity) if first else message_id(arrival.source, message.type, case.key, revision)
        )
        number = next(self._message_ids)
        self._kept += 1
        findings = [*message.findings, odd] if odd else message.findings
        if held and offer.retold is not None and offer.watched != held[-1].watched:
            findings = [*findings, *offer.retold(told(held), moment_of(self._tx.now))]
        if offer.aliases or offer.alike or offer.files:
            findings = [*findings, *self._namesakes.enter(offer, number, case.identity, uid.bytes)]
        if offer.catalogued is not None:
            self._catalogued.append(catalogues.told_by(arrival, offer, offer.catalogued, number))
        held.append(Revision(number, uid.bytes, revision, message.native, self._tx.now, offer.watched))
        salt, body_hash = self._salts.salted(offer.body)
        key_id, body = self._tx.keys.seal(offer.body)
        self._bodies.append((number, salt, key_id, body))
        self._messages.append(
            (
                number, uid.bytes, case.identity, revision, message.native, arrival.source, message.type,
                int(offer.kind), message.subject, message.partitionkey, message.agency, _micros(message.time),
                self._tx.now, _micros(message.expirytime), message.correlationid, message.traceparent,
                arrival.published, not offer.wanted, raw_id, offer.item,
                orjson.dumps([f.as_dict() for f in findings]).decode() if findings else None,
                offer.watched, body_hash,
            )
        )  # fmt: skip
        went = {
            wanted.system: self._deliver(case, wanted, line, number, arrival.source)
            for wanted, line in zip(offer.wanted, case.lines, strict=True)
        }
        self._entries.append(
            entry(next(self._entry_ids), self._tx.now, "accepted" if went else "unrouted", message=number,
                  source=arrival.source, who=arrival.source, body_hash=body_hash,
                  details=orjson.dumps(went).decode())
        )  # fmt: skip
        return Accepted(uid, False, revision, tuple(went), tuple(findings))

    def _deliver(self, case: _Case, wanted: Wanted, line: bytes, message: int, source: str) -> str:
        number = next(self._delivery_ids)
        offer = case.offer
        if wanted.adopted:
            told = (number, message, source, wanted.system, case.identity)
            self._adopted.append(Adopted(line, offer.message.type, offer.kind, told))
            return State.ADOPTED.word
        parked = offer.anchor is not None and (line, offer.anchor) not in self._present
        place = self._book.place(line, number, offer.kind, case.identity, parked=parked)
        unseen = wanted.shadow and wanted.system in self._tx.collecting
        if place.state is State.READY and wanted.system in self._tx.collecting and not unseen:
            place.state = after(State.READY, Move.OFFER)
        direct = place.state is State.READY and wanted.direct and not unseen
        if direct:
            self.frames.append(Frame(wanted.system, number, 1))
        due = self._tx.now + PARKED_PROBE if parked else place.until
        self._deliveries.append(
            (
                number, message, source, wanted.system, line, case.identity, number, int(offer.kind),
                offer.message.type, offer.anchor, int(place.state), due, place.cause, place.scope,
                int(direct), self._tx.now if direct else None,
                listed(wanted.recipients),
                self._tx.now, self._tx.now, _micros(offer.message.expirytime), int(wanted.shadow),
            )
        )  # fmt: skip
        if unseen and place.state is State.READY:
            self._unseen.append(number)
        self.frames += self._book.frames
        self._book.frames.clear()
        return place.state.word

    def _turn_away(self, arrival: Arrival, item: int, reason: Rejected, raw_id: int) -> None:
        self._kept += 1
        # a sender may write anything where a name or a code belongs
        said = [[without_numbers(p.place), p.code, without_numbers(p.detail)] for p in reason.problems]
        problems, subject = orjson.dumps(said).decode(), without_numbers(reason.subject)
        self._quarantine.append(
            (next(self._quarantine_ids), self._tx.now, arrival.source, reason.type, subject,
             reason.code, problems, raw_id, item)
        )  # fmt: skip
        self._entries.append(
            entry(next(self._entry_ids), self._tx.now, "rejected", source=arrival.source, cause=reason.code,
                  who=arrival.source, details=problems)
        )  # fmt: skip

    def _keep_raw(self, arrival: Arrival, raw_id: int) -> None:
        raw = arrival.raw
        key_id, body = (PLAIN, None) if arrival.blob else self._tx.keys.seal(raw.read())
        self._raws.append(
            (raw_id, arrival.source, self._tx.now, raw.content_type, raw.sha256, raw.size,
             kept(raw.attributes), key_id, body, arrival.blob)
        )  # fmt: skip

    def _flush(self) -> None:
        """Write what is buffered; rare rules look at the tables and need them whole."""
        for sql, rows in (
            (INSERT_RAW, self._raws),
            (INSERT_MESSAGE, self._messages),
            (INSERT_BODY, self._bodies),
            (BIRTH, self._deliveries),
            (INSERT_ENTRY, self._entries),
            (_QUARANTINE, self._quarantine),
        ):
            if rows:
                self._tx.run(sql, rows)
                rows.clear()
        self._namesakes.write()

    def _aside(self) -> list[Frame]:
        """See to what is of the shadow, to what may pass a dead one, and to what was adopted."""
        frames = self._book.pass_by()
        frames += dispatch(self._tx, list(rows_of(self._tx, self._unseen).values())) if self._unseen else []
        return frames + (enter(self._tx, self._adopted) if self._adopted else [])

    def _answer_known(self, taken: Sequence[Taken]) -> None:
        """Fill the receipts of known facts, and take a dead one told again as a request to retry it."""
        told = [
            (answer, n, offer)
            for answer, arrival in zip(taken, self._arrivals, strict=True)
            for n, offer in enumerate(arrival.offers)
            if isinstance(answer.results[n], Accepted) and answer.results[n].known  # type: ignore[union-attr]
        ]
        if told:
            known_receipts(self._tx, told)


def _case(source: str, offer: Offer) -> _Case:
    key = identity_key(offer.message, offer.kind)
    lines = [line_digest(wanted.system, offer.message.partitionkey) for wanted in offer.wanted]
    return _Case(offer, identity_digest(source, offer.message.type, key), key, lines)


def _micros(time: Any) -> int | None:
    return None if time is None else int(time.timestamp() * 1_000_000)


def accept(tx: Transaction, arrivals: Sequence[Arrival], salts: Salts) -> list[Taken]:
    """Take a batch of arrivals on; return one answer per arrival, in order."""
    lead_back(tx, arrivals)
    return Acceptance(tx, arrivals, salts).run()
