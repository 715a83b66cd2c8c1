"""Judging one dossier: three sides in, its differences out. What a side cannot tell is never assumed.

The far system's look-up tells that a dossier exists, and as a rule nothing else (TraCuuHoSo of the National
Public Service Portal; confidence high that only emptiness is tested, low for what an item holds). So that it
holds this very version is known in two ways only: it took that version from us and the dossier exists, or its
answer tells the state. Of what is there without either the version is unverifiable, and nothing is sent: a
snapshot equal to the one before would be a duplicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lgsp.domain import causes_door
from lgsp.domain.cause import Cause, Party
from lgsp.domain.causes import CAUSES, cause_of
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.domain.reconciling.buckets import Bucket, Proof, Repair, Symptom, Verdict, by_precedence
from lgsp.domain.reconciling.sides import Answer, Facts, Ours, Rules, Theirs, Way

Known = Callable[[str], Cause | None]
"""Looks a code up among what operators named; None leaves it to the catalogue."""

_Judging = Callable[[Ours, Theirs, Rules, Known], Iterator[Symptom]]
_Found = tuple[str, Repair]
"""A cause, and what may be done."""

_AT_THE_DOOR = frozenset(cause.code for cause in causes_door.ROWS)
"""Causes by which our own door, or our writing of the far system's words, says no: nothing was sent."""


def judge(facts: Facts, rules: Rules, known: Known = CAUSES.get) -> Verdict:
    """Return what the three sides come to."""
    found = by_precedence(list(_symptoms(facts, rules, known)))
    return Verdict(found) if found else Verdict(proof=_proof(facts))


def _proof(facts: Facts) -> Proof:
    if facts.ours is None or facts.ours.way is not Way.DELIVERED:
        return Proof.UNDER_WAY
    return Proof.SEEN if facts.theirs.status else Proof.RECEIPT


def _symptoms(facts: Facts, rules: Rules, known: Known) -> Iterator[Symptom]:
    if facts.turned_away is not None:
        code, fields = facts.turned_away.code, facts.turned_away.fields
        yield Symptom(
            Bucket.UNSENDABLE,
            code,
            _cause(code, known).party,
            retry=False,
            repair=Repair.CORRECT,
            fields=fields,
        )
    yield from _told_more_than_once(facts)
    if facts.ours is None:
        yield from _without_us(facts)
    else:
        yield from _beside_the_source(facts, facts.ours, rules)
        yield from _WAYS[facts.ours.way](facts.ours, facts.theirs, rules, known)


def _cause(code: str, known: Known) -> Cause:
    return known(code) or cause_of(code)


def _symptom(bucket: Bucket, code: str, repair: Repair, known: Known = CAUSES.get) -> Symptom:
    """Return a symptom whose cause says who has to act, and whether a retry helps."""
    cause = _cause(code, known)
    return Symptom(bucket, code, cause.party, cause.retry_helps, repair)


# --- the source -----------------------------------------------------------------------------------------


def _told_more_than_once(facts: Facts) -> Iterator[Symptom]:
    if facts.theirs.answer is Answer.THERE and facts.theirs.count > 1:
        yield _symptom(Bucket.DUPLICATE, "there-twice", Repair.ASK_OWNER)
    if facts.local is not None and facts.local.count > 1:
        yield _symptom(Bucket.DUPLICATE, "source-lists-twice", Repair.ASK_OWNER)
    if facts.ours is not None and facts.ours.sources > 1:
        yield _symptom(Bucket.DUPLICATE, "several-sources", Repair.ASK_OWNER)


def _without_us(facts: Facts) -> Iterator[Symptom]:
    """Yield what is to be said of a dossier of which the journal has nothing."""
    if facts.local is None:
        return
    around = facts.theirs.answer is Answer.THERE
    if facts.turned_away is None:
        code = "went-around" if around else "never-told"
        yield _symptom(Bucket.MISSING_HERE, code, Repair.ASK_OWNER)
    if facts.theirs.answer is Answer.UNKNOWN:
        yield _unanswered(facts.theirs)


def _beside_the_source(facts: Facts, ours: Ours, rules: Rules) -> Iterator[Symptom]:
    """Yield how the source's own list differs from what the source told us."""
    if not rules.listed_at or ours.accepted_at >= rules.listed_at:
        return  # the list is older than what we hold: it cannot say anything against it
    local = facts.local
    if local is None:
        if rules.whole:
            yield _symptom(Bucket.MISSING_HERE, "not-at-source", Repair.ASK_OWNER)
        return
    settled = local.changed_at is None or local.changed_at <= rules.now - rules.grace
    if settled and local.status and ours.status and local.status != ours.status:
        yield _symptom(Bucket.STATE_DIFFERS, "change-not-told", Repair.ASK_OWNER)


# --- the far system, by where our newest stands ---------------------------------------------------------


def _unanswered(theirs: Theirs) -> Symptom:
    return Symptom(
        Bucket.UNVERIFIABLE, theirs.cause or "no-answer", Party.NETWORK, retry=True, repair=Repair.NONE
    )


def _told_apart(ours: Ours, theirs: Theirs) -> bool:
    """Tell whether the answer proves that another state is there than that of our newest."""
    return (
        theirs.answer is Answer.THERE and bool(theirs.status and ours.status) and theirs.status != ours.status
    )


def _told(absent: _Found, apart: _Found, *, receipt: bool) -> _Judging:
    """Return how an answer is judged of what was told.

    Args:
        absent: what it comes to that the far system lacks it.
        apart: what it comes to that another state is there.
        receipt: ours says that it took this very version; without one nobody knows which version is there.
    """

    def judged(ours: Ours, theirs: Theirs, _: Rules, __: Known) -> Iterator[Symptom]:
        if theirs.answer is Answer.UNKNOWN:
            yield _unanswered(theirs)
        elif theirs.answer is Answer.ABSENT:
            yield _symptom(Bucket.MISSING_THERE, *absent)
        elif _told_apart(ours, theirs):
            yield _symptom(Bucket.STATE_DIFFERS, *apart)
        elif not receipt:
            yield _symptom(Bucket.UNVERIFIABLE, "version-not-shown", Repair.NONE)

    return judged


def _under_way(ours: Ours, _: Theirs, rules: Rules, known: Known) -> Iterator[Symptom]:
    if rules.now - ours.accepted_at > rules.late:
        yield _symptom(Bucket.LATE, ours.cause or "late", Repair.WAIT, known)


def _untold(code: str, repair: Repair = Repair.ASK_OWNER, *, own: bool = True) -> _Judging:
    """Return how an answer is judged of what was not told: by its `own` cause if there is one, or a code."""

    def judged(ours: Ours, theirs: Theirs, _: Rules, known: Known) -> Iterator[Symptom]:
        yield from _not_sent(ours, theirs, (own and ours.cause) or code, repair, known)

    return judged


def _refused(ours: Ours, theirs: Theirs, _: Rules, known: Known) -> Iterator[Symptom]:
    code = ours.cause or UNCATALOGUED
    cause, unsaid = _cause(code, known), code in _AT_THE_DOOR
    bucket = Bucket.UNSENDABLE if unsaid else Bucket.REFUSED
    again = cause.retry_helps and not unsaid and _lacks_it(ours, theirs)
    repair = Repair.RESEND if again else Repair.CORRECT
    yield Symptom(bucket, code, cause.party, cause.retry_helps, repair, ours.fields)
    yield from _not_sent(ours, theirs, code, repair, known)


def _lacks_it(ours: Ours, theirs: Theirs) -> bool:
    """Tell whether the far side lacks our newest for certain: it has nothing, another state, or an older one.

    What is there is an older version if an earlier one of ours went and no attempt of the newest may have
    been applied. Else it may be the newest itself, and sending it could double it.
    """
    if theirs.answer is Answer.THERE:
        return _told_apart(ours, theirs) or (ours.before and not ours.doubtful)
    return theirs.answer is Answer.ABSENT


def _not_sent(ours: Ours, theirs: Theirs, code: str, repair: Repair, known: Known) -> Iterator[Symptom]:
    """Yield what follows from it that our newest did not get there, for all that we know."""
    if theirs.answer is Answer.UNKNOWN:
        yield _unanswered(theirs)
    elif theirs.answer is Answer.ABSENT:
        yield _symptom(Bucket.MISSING_THERE, code, repair, known)
    elif _lacks_it(ours, theirs):
        yield _symptom(Bucket.STATE_DIFFERS, code, repair, known)
    else:
        yield _symptom(Bucket.UNVERIFIABLE, "version-not-shown", Repair.NONE)


_APART: _Found = ("state-there-differs", Repair.UPDATE)
_BY_NOW = "left-to-old-connection"
_LEFT = _told((_BY_NOW, Repair.ASK_OWNER), (_BY_NOW, Repair.ASK_OWNER), receipt=False)
_TAKEN_OVER = _told((_BY_NOW, Repair.RESEND), (_BY_NOW, Repair.UPDATE), receipt=False)


def _shadowed(ours: Ours, theirs: Theirs, rules: Rules, known: Known) -> Iterator[Symptom]:
    """What the old connection was to tell: as long as it does, it is asked; then it is ours to mend."""
    yield from (_TAKEN_OVER if rules.live else _LEFT)(ours, theirs, rules, known)


_WAYS: Mapping[Way, _Judging] = {
    Way.NONE: _untold("not-routed-there", own=False),
    Way.UNDER_WAY: _under_way,
    Way.HELD: _untold("waits-for-a-person"),
    Way.DELIVERED: _told(("taken-yet-absent", Repair.RESEND), _APART, receipt=True),
    Way.ADOPTED: _told(("adopted-yet-absent", Repair.RESEND), _APART, receipt=False),
    Way.SHADOWED: _shadowed,
    Way.REFUSED: _refused,
    Way.SPENT: _untold("not-sent", Repair.RESEND),
    Way.OUTLIVED: _untold("outlived"),
    Way.CALLED_OFF: _untold("called-off", own=False),
}
