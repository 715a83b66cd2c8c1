"""Making offers, arrivals and outcomes for tests: small, valid, and alike but for what a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lgsp.errors import Rejected
from lgsp.journal.contract import Arrival, Offer, Wanted
from lgsp.journal.states import State
from lgsp.journal.sweeping import Policy
from lgsp.journal.turns import Claim, Outcome
from lgsp.message import Kind, Message, Raw, native_digest

SOURCE, SYSTEM, OTHER = "desk", "portal", "registry"
"""The system that tells, the one that is told, and a second one that may be told too."""

DOSSIER, PROGRESS, PAPER = "dossier.v1", "dossier.progress.v1", "document.v1"
"""A snapshot, an event anchored on it, and a document."""

SECOND = 1_000_000
SETTLE, RETRY = 2 * SECOND, (10 * SECOND, 60 * SECOND)
POLICIES: Mapping[str, Policy] = {SYSTEM: Policy(SETTLE, RETRY), OTHER: Policy(SETTLE, RETRY)}
PATIENCE = 60.0
"""Seconds of the last interval of patience: how often a dead fact may be told again."""


def wanted(*systems: str, direct: bool = True) -> list[Wanted]:
    """Return where an offer goes."""
    return [Wanted(system, PATIENCE, len(RETRY) - 1, direct) for system in systems]


def dossier(key: str = "K1", body: Any = "A", *to: str, direct: bool = True) -> Offer:
    """Return a snapshot of a dossier; without `to` it goes to `SYSTEM`."""
    goes = wanted(*(to or (SYSTEM,)), direct=direct)
    return _offer(DOSSIER, Kind.SNAPSHOT, key, {"body": body}, goes)


def progress(key: str = "K1", step: Any = 1, *to: str, direct: bool = True) -> Offer:
    """Return an event that is anchored on the dossier of that key."""
    goes = wanted(*(to or (SYSTEM,)), direct=direct)
    offer = _offer(PROGRESS, Kind.EVENT, key, {"of": key, "step": step}, goes)
    offer.message.key, offer.anchor = offer.message.native.hex(), DOSSIER
    return offer


def paper(key: str = "K1", name: str = "P1", body: Any = "A", *to: str, direct: bool = True) -> Offer:
    """Return a document of the line `key`, known by its own name."""
    goes = wanted(*(to or (SYSTEM,)), direct=direct)
    offer = _offer(PAPER, Kind.DOCUMENT, key, {"name": name, "body": body}, goes)
    offer.message.key = name
    return offer


def unrouted(offer: Offer) -> Offer:
    """Return the offer as one that no route wants."""
    offer.wanted = []
    return offer


def broken() -> Offer:
    """Return an offer that no journal can write: its message has no subject."""
    offer = dossier("K-broken")
    offer.message.subject = None  # type: ignore[assignment]
    return offer


def _offer(type_: str, kind: Kind, key: str, body: dict[str, Any], goes: Sequence[Wanted]) -> Offer:
    message = Message(type_, key, key, body, native=native_digest(body), source=SOURCE)
    return Offer(message, kind, None, orjson.dumps(body), goes)


def arrival(
    *offers: Offer, source: str = SOURCE, rejected: Sequence[tuple[int, Rejected]] = (), published: int = 0
) -> Arrival:
    """Return the offers as one request; each gets its place in it."""
    for place, offer in enumerate(offers):
        offer.item = place
    raw = Raw.of(orjson.dumps([offer.message.data for offer in offers]))
    return Arrival(source, raw, offers, rejected, published)


def outcome(claim: Claim, state: State = State.DELIVERED, **more: Any) -> Outcome:
    """Return what became of an attempt: delivered unless told otherwise, one millisecond later."""
    if state is State.DELIVERED:
        more.setdefault("resolved", True)
    if state is State.PUT_OFF:
        more.setdefault("wait", RETRY[0])
    if more.get("uncertain"):
        more.setdefault("settle", SETTLE)
    worker = more.pop("worker", 0)
    return Outcome(claim, worker, state, claim.claimed_at, claim.claimed_at + 1000, **more)
