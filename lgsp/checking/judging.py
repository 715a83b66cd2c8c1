"""Judging what is known of a check: it goes, it is held, or an answer is waited for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from lgsp.domain.checks import CHECKS, Data, Lacking, Rule
from lgsp.journal.checks import Evidence, Put, Result
from lgsp.journal.turns import Claim
from lgsp.message import Finding, Message
from lgsp.route_checks import CAUSES, RouteCheck

_MICROS = 1_000_000
_SOON, _LONG = 10 * _MICROS, 600 * _MICROS
"""Microseconds after which what waits looks again, at the soonest and at the latest: it waits as long again
as it waited already. An answer makes it ready at once; this is for what the two could miss, and for the dead.
"""
_LEAST = _MICROS
MATCHES, WAIVED, UNAVAILABLE = Result.MATCHES.word, "waived", "unavailable"


@dataclass(slots=True, frozen=True)
class Check:
    """One check of one message.

    Attributes:
        said: what the route says of it.
        rule: by which it is made.
        put: how the journal knows the question.
        question: what is asked; `Lacking` where the body does not say enough.
        body: of the message.
    """

    said: RouteCheck
    rule: Rule
    put: Put
    question: Data | Lacking = field(repr=False)
    body: Data = field(repr=False)


@dataclass(slots=True, frozen=True)
class Verdict:
    """How one check stands.

    Attributes:
        word: what is found: a result's word, `waived`, `unavailable`; empty while an answer is waited for.
        over: until when it is waited for, in microseconds since 1970.
        anew: the waiting begins now.
    """

    check: Check
    evidence: Evidence | None
    word: str
    over: int = 0
    anew: bool = False

    @property
    def held(self) -> bool:
        """Tell whether its message is kept from being sent."""
        return self.word in self.check.said.hold

    @property
    def waits(self) -> bool:
        """Tell whether an answer is waited for, or has to be waited for however long it takes."""
        return not self.word or (self.held and self.word == UNAVAILABLE)

    @property
    def odd(self) -> bool:
        """Tell whether people are to see what was found."""
        return bool(self.word) and self.word not in {MATCHES, WAIVED}

    @property
    def fields(self) -> tuple[str, ...]:
        """Return JSON pointers into the body to what was said otherwise, or is missing."""
        if isinstance(self.check.question, Lacking):
            return self.check.question.fields
        return tuple(self.evidence.fields) if self.evidence and self.word != UNAVAILABLE else ()

    def finding(self) -> Finding:
        """Return it as it is noted on the message."""
        said = self.check.said
        return Finding(CAUSES[self.word], (*self.fields, "")[0], f"{said.name}: {said.against}")

    def pause(self, now: int) -> int:
        """Return after how many microseconds who waits looks again."""
        began = now if self.anew or self.evidence is None else self.evidence.began_at
        step = min(max(_SOON, now - began), _LONG)
        return step if self.word else max(_LEAST, min(step, self.over - now))


def made(said: RouteCheck, message: Message) -> Check | None:
    """Return a check of a message; None where the question is not about one like it."""
    rule = CHECKS[said.rule]
    question = rule.question(message.data)
    if question is None:
        return None
    known = Result.INCOMPLETE if isinstance(question, Lacking) else Result.OPEN
    told: Any = list(question.fields) if isinstance(question, Lacking) else question
    words = (said.rule, said.against, orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode())
    put = Put(message.partitionkey, "\x1f".join(words), said.name, said.rule, said.against, known)
    return Check(said, rule, put, question, message.data)


def judged(check: Check, evidence: Evidence | None, claim: Claim, rest: float = 0.0) -> Verdict:
    """Return how a check stands at the moment of a claim.

    Args:
        check: what is asked.
        evidence: what is known of it.
        claim: the attempt.
        rest: seconds in which the answering system cannot be asked.
    """
    if evidence is not None and evidence.waived_at is not None:
        return Verdict(check, evidence, WAIVED)
    if check.put.known is Result.INCOMPLETE:
        return Verdict(check, evidence, Result.INCOMPLETE.word)
    now, wait = claim.claimed_at, int(check.said.wait * _MICROS)
    if evidence is not None and _stands(check, evidence, now):
        return Verdict(check, evidence, evidence.result.word)
    anew = evidence is None or _begins_anew(evidence, claim.born or now, wait)
    over = (now if anew or evidence is None else evidence.began_at) + wait
    word = UNAVAILABLE if now + int(rest * _MICROS) >= over else ""
    return Verdict(check, evidence, word, over, anew)


def _stands(check: Check, evidence: Evidence, now: int) -> bool:
    if evidence.result is Result.OPEN:
        return False
    return (evidence.told_at or 0) + int(check.said.again * _MICROS) > now


def _begins_anew(evidence: Evidence, born: int, wait: int) -> bool:
    """Tell whether it is waited for anew: the answer is too old, or an older message waited in vain."""
    return evidence.result is not Result.OPEN or born > evidence.began_at + wait


def told(verdict: Verdict, born: int) -> dict[str, Any]:
    """Return a verdict as the journal keeps it: what was asked, when, and what was compared."""
    check, known = verdict.check, verdict.evidence
    said: dict[str, Any] = {
        "check": check.said.name, "rule": check.said.rule, "against": check.said.against,
        "asks": check.rule.asks, "result": verdict.word, "compared": list(check.rule.compared),
    }  # fmt: skip
    if verdict.fields:
        said["fields"] = list(verdict.fields)
    if known is not None and (verdict.word != UNAVAILABLE or known.result is Result.OPEN):
        at, ask, cause = known.told_at, str(known.ask) if known.ask else None, known.cause
        reused = at is not None and at < born
        more = {"at": at, "ask": ask, "cause": cause, "reused": reused, "waived_by": known.waived_by}
        said |= {name: value for name, value in more.items() if value}
    return said


def evidence_of(verdicts: list[Verdict], born: int) -> str:
    """Return what is kept of a message's checks, as JSON."""
    words = "; ".join(f"{one.check.said.name}: {one.word} ({one.check.said.against})" for one in verdicts)
    return orjson.dumps({"checks": [told(one, born) for one in verdicts], "said": words}).decode()
