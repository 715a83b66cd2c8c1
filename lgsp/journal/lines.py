"""Lines and identities: the digests that name them and what is decided about one, purely."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest

from lgsp.message import Kind, Message, message_id

PUBLISHED = b"published routes"
"""Locked, like a line, by whoever publishes routes, and shared by all that accept by them."""


def line_digest(system: str, partitionkey: str) -> bytes:
    """Return the name of the line of one (system, partitionkey): 16 bytes."""
    return hashlib.blake2b(f"{system}\x1f{partitionkey}".encode(), digest_size=16).digest()


def alias_digest(alias: str) -> bytes:
    """Return the name under which another name of a subject is kept: 16 bytes."""
    return hashlib.blake2b(alias.encode(), digest_size=16).digest()


def identity_key(message: Message, kind: Kind) -> str:
    """Return the identity of a message within (source, type), as its kind has it.

    A snapshot is known by its partitionkey, an event by its native item, a document by the native id that
    its adapter gave (`key`).
    """
    if message.key is not None:
        return message.key
    return message.native.hex() if kind is Kind.EVENT else message.partitionkey


def identity_digest(source: str, type_: str, key: str) -> bytes:
    """Return the name of an identity, 16 bytes: the outer id of its first revision."""
    return message_id(source, type_, key, 1).bytes


@dataclass(slots=True, frozen=True)
class Revision:
    """A revision of an identity that the journal holds.

    Attributes:
        at: when it was taken on, in microseconds.
        watched: what it said of the watched fields, as JSON.
    """

    message: int
    uid: bytes
    number: int
    native: bytes
    at: int = 0
    watched: str | None = None


class Verdict(Enum):
    """What the same identity, told once more, is."""

    NEW = "new"
    RETURNED = "new, equal to an older one"
    KNOWN = "known"
    CONFLICT = "conflict"


def judge(kind: Kind, held: Sequence[Revision], native: bytes) -> Verdict:
    """Say what a native item is, given the revisions held of its identity, oldest first.

    A snapshot equal to the *latest* is known; equal to an older one it is a new revision (A→B→A). An event
    told twice is known for ever. A document with another body under a known id is a conflict.
    """
    if not held:
        return Verdict.NEW
    seen = any(revision.native == native for revision in held)
    if kind is Kind.EVENT or held[-1].native == native:
        return Verdict.KNOWN
    if kind is Kind.DOCUMENT:
        return Verdict.KNOWN if seen else Verdict.CONFLICT
    return Verdict.RETURNED if seen else Verdict.NEW


def told_as_before(
    told: Sequence[tuple[bytes, bytes]], held: Mapping[bytes, Sequence[Revision]]
) -> dict[int, Revision]:
    """Return which facts of a request tell several revisions of one subject again, in their order.

    Resending a whole array is harmless also where it holds a dossier twice.

    Args:
        told: identity and native digest of each fact.
        held: the revisions that the journal holds, by identity.
    """
    groups: dict[bytes, list[int]] = {}
    for n, (identity, _) in enumerate(told):
        groups.setdefault(identity, []).append(n)
    again: dict[int, Revision] = {}
    for identity, places in groups.items():
        last = _as_told(held.get(identity, ()))[-len(places) :]
        if len(places) > 1 and [one.native for one in last] == [told[n][1] for n in places]:
            again.update(zip(places, last, strict=True))
    return again


def _as_told(held: Sequence[Revision]) -> list[Revision]:
    """Return revisions as their source told them: a correction stands for what it corrects."""
    return [one for one, later in zip_longest(held, held[1:]) if later is None or later.native != one.native]
