"""Holding checkpoints against the tree: who signed them, and whether it has those roots. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lgsp.domain.merkle.notes import Key, Note, NoteError, read_note
from lgsp.domain.merkle.tree import HEIGHT, WIDE, Frontier
from lgsp.journal.seal_findings import (
    ANOTHER,
    FORGED,
    MIXED,
    REWRITTEN,
    ROLLED_BACK,
    STRANGE,
    Finding,
    moment,
)
from lgsp.journal.seal_growing import Tile
from lgsp.journal.seal_reading import Kept


@dataclass(slots=True, frozen=True)
class Said:
    """What a checkpoint that is signed says of the tree.

    Attributes:
        brought: somebody kept it elsewhere; it is not the journal's own.
    """

    size: int
    root: bytes
    at: int | None
    brought: bool = False


@dataclass(slots=True)
class Keys:
    """Who may sign.

    Attributes:
        trusted: given by whoever verifies; the newest checkpoint must be of one of them.
        announced: by the log itself; good for earlier checkpoints, which the newest one covers.
    """

    trusted: Sequence[Key] = ()
    announced: Sequence[Key] = ()

    def judge(self, note: Note, *, newest: bool = False) -> str:
        """Return what is wrong with a note's signature; empty where nothing is."""
        keys = self.trusted if newest and self.trusted else (*self.trusted, *self.announced)
        named = [key for key in keys if note.names(key)]
        if not named:
            return STRANGE
        return "" if any(note.holds(key) for key in named) else FORGED


def judged(
    origin: str, kept: Sequence[Kept], keys: Keys, *, lenient: bool
) -> tuple[list[Said], list[Finding]]:
    """Return what the journal's own checkpoints say, and what is wrong with them.

    Args:
        origin: of the log.
        kept: all of them, the smallest first.
        keys: who may sign.
        lenient: entries were let go, and with them perhaps the one that announced an earlier key.
    """
    said: list[Said] = []
    findings: list[Finding] = []
    for n, one in enumerate(kept):
        newest = n == len(kept) - 1
        wrong, facts = _wrong(origin, one, keys, newest=newest)
        if wrong == STRANGE and lenient and not newest:
            wrong = ""
        if wrong:
            findings.append(Finding(wrong, max(0, one.size - 1), None, one.at, facts))
        else:
            said.append(Said(one.size, one.root, one.at))
    return said, findings


def _wrong(origin: str, one: Kept, keys: Keys, *, newest: bool) -> tuple[str, dict[str, str]]:
    facts = {"said": f"{one.size} ({moment(one.at)})", "key": "?"}
    try:
        note = read_note(one.note)
    except NoteError:
        return FORGED, facts
    told = note.checkpoint
    facts["key"] = note.signatures[0][0]
    wrong = keys.judge(note, newest=newest)
    same = (told.origin, told.size, told.root, told.at) == (origin, one.size, one.root, one.at)
    return (MIXED if not same and not wrong else wrong), facts


def brought(origin: str, notes: Sequence[Note], keys: Keys) -> tuple[list[Said], list[Finding]]:
    """Return what checkpoints that were kept elsewhere say, and what is wrong with them themselves."""
    said: list[Said] = []
    findings: list[Finding] = []
    for note in notes:
        one = note.checkpoint
        facts = {"said": f"{one.size} ({moment(one.at)})", "key": note.signatures[0][0]}
        wrong = ANOTHER if one.origin != origin else keys.judge(note)
        if wrong:
            text = {**facts, "said": one.origin} if wrong == ANOTHER else facts
            findings.append(Finding(wrong, max(0, one.size - 1), None, one.at, text))
        else:
            said.append(Said(one.size, one.root, one.at, brought=True))
    return said, findings


@dataclass(slots=True)
class Climb:
    """The tree as it grows again while tiles are read, held against each checkpoint on the way.

    Attributes:
        wanted: what checkpoints say, the smallest first.
        whole: the tree of the whole tiles so far.
        good: how many leaves the last checkpoint covers with which the tree agreed: the last of all, and the
            last of those that were kept elsewhere, which nobody can have signed anew.
    """

    wanted: Sequence[Said]
    whole: Frontier = field(default_factory=Frontier)
    good: dict[bool, int] = field(default_factory=lambda: {False: 0, True: 0})
    findings: list[Finding] = field(default_factory=list)
    _next: int = 0

    def add(self, tile: Tile, root: bytes) -> None:
        """Go on by the next tile.

        Args:
            tile: as it is kept; where it is not whole, it is the last one.
            root: of a whole one's leaves, as they were sealed.
        """
        begin, upto = self.whole.size, self.whole.size + len(tile.hashes)
        before = self.whole.copy()
        if len(tile.hashes) == WIDE:
            self.whole.add(root, HEIGHT)
        while self._next < len(self.wanted) and self.wanted[self._next].size <= upto:
            one, self._next = self.wanted[self._next], self._next + 1
            if one.size == begin + WIDE:
                self._hold(one, self.whole.root())
            else:
                for leaf in tile.hashes[before.size - begin : one.size - begin]:
                    before.add(leaf)
                self._hold(one, before.root())

    def _hold(self, one: Said, root: bytes) -> None:
        """Hold the tree's root against that of a checkpoint; the first that differs is told."""
        if one.root == root:
            self.good[False] = one.size
            if one.brought:
                self.good[True] = one.size
        elif all(known.facts["brought"] is not one.brought for known in self.findings):
            first = self.good[one.brought]
            facts = {"first": first, "last": one.size - 1, "since": moment(one.at), "brought": one.brought}
            self.findings.append(Finding(REWRITTEN, first, None, one.at, facts))

    def end(self, size: int) -> list[Finding]:
        """Return what was found, given how many leaves there are in all."""
        beyond = [one for one in self.wanted[self._next :] if one.size > size]
        for one in beyond[-1:]:
            facts = {"said": one.size, "count": size, "since": moment(one.at)}
            self.findings.append(Finding(ROLLED_BACK, size, None, one.at, facts))
        return self.findings
