"""Keeping personal values out of what is written of a message: what far sides said, oddities, logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from lgsp import redacting
from lgsp.journal.catalogues import ABSENT, UNLISTED
from lgsp.journal.checks import WAITS
from lgsp.journal.turns import Apart, Outcome
from lgsp.linking import note_unreachable
from lgsp.message import Finding, Message
from lgsp.personal_classes import UNKNOWN, leaves, personal_texts
from lgsp.redacting import redacted
from lgsp.route_checks import CAUSES
from lgsp.schemas import TypeInfo, Types

_OURS = frozenset({ABSENT, UNLISTED, WAITS, *CAUSES.values()})


@contextmanager
def about(types: Types, message: Message) -> Iterator[None]:
    """Let what is logged inside be free of the personal values of a message."""
    with redacting.about(lambda: _values(types, message)):
        yield


def _values(types: Types, message: Message) -> Sequence[str]:
    info = types.get(message.type)
    return personal_texts(message.data, info.schema if info is not None else None)


def discreet(outcome: Outcome, types: Types) -> None:
    """Take personal values out of what a far side said; the exchange, which is encrypted, has it whole.

    What waits for a catalogue says itself, by its code, what it waits for: it is found again by that. What is
    checked names systems and fields.
    """
    if outcome.cause in _OURS:
        return
    if not (outcome.said or outcome.answer or outcome.apart):
        return
    known = _values(types, outcome.claim.message)
    outcome.said = redacted(outcome.said, known)
    outcome.fields = tuple(redacted(one, known) for one in outcome.fields)
    outcome.apart = tuple(_apart(one, known) for one in outcome.apart)
    outcome.hidden = known if outcome.answer else ()


def _apart(one: Apart, known: Sequence[str]) -> Apart:
    return replace(one, said=redacted(one.said, known), fields=tuple(redacted(f, known) for f in one.fields))


def noted(info: TypeInfo, message: Message) -> None:
    """Note what is odd of a message's links, and take personal values out of all that was found odd."""
    note_unreachable(info, message)
    if not message.findings:
        return
    known = [str(o.value) for o in leaves(message.data, info.schema) if o.number and o.personal != UNKNOWN]
    message.findings = [_without(one, known) for one in message.findings]


def _without(one: Finding, known: Sequence[str]) -> Finding:
    return Finding(one.code, redacted(one.place, known), redacted(one.read, known))
