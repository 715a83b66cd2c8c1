"""Judging one dossier: three sides in, its differences out. What a side cannot tell is never assumed.

The far system's look-up tells that a dossier exists, and as a rule nothing else (TraCuuHoSo of the National
Public Service Portal; confidence high that only emptiness is tested, low for what an item holds). So that it
holds this very version is known in two ways only: it took that version from us and the dossier exists, or its
answer tells the state. Of what is there without either the version is unverifiable, and nothing is sent: a
snapshot equal to the one before would be a duplicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lgsp.domain import causes_door
from lgsp.domain.cause import Cause, Party
from lgsp.domain.causes import CAUSES, cause_of
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.domain.reconciling.buckets import Bucket, Proof, Repair, Symptom, Verdict, by_precedence
from lgsp.domain.reconciling.sides import Answer, Facts, Ours, Rules, Theirs, Way

Known = Callable[[str], Cause | None]
"""Looks a code up among what operators named; None leaves it to the catalogue."""

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


def _delivered(ours: Ours, theirs: Theirs, _: Rules, __: Known) -> Iterator[Symptom]:
    if theirs.answer is Answer.UNKNOWN:
        yield _unanswered(theirs)
    elif theirs.answer is Answer.ABSENT:
        yield _symptom(Bucket.MISSING_THERE, "taken-yet-absent", Repair.RESEND)
    elif _told_apart(ours, theirs):
        yield _symptom(Bucket.STATE_DIFFERS, "state-there-differs", Repair.UPDATE)


def _adopted(ours: Ours, theirs: Theirs, _: Rules, __: Known) -> Iterator[Symptom]:
    """What a person said that the system had: by which version nobody knows."""
    if theirs.answer is Answer.UNKNOWN:
        yield _unanswered(theirs)
    elif theirs.answer is Answer.ABSENT:
        yield _symptom(Bucket.MISSING_THERE, "adopted-yet-absent", Repair.RESEND)
    elif _told_apart(ours, theirs):
        yield _symptom(Bucket.STATE_DIFFERS, "state-there-differs", Repair.UPDATE)
    else:
        yield _symptom(Bucket.UNVERIFIABLE, "version-not-shown", Repair.NONE)


def _shadowed(ours: Ours, theirs: Theirs, _: Rules, __: Known) -> Iterator[Symptom]:
    """What the old connection was to tell: closing the gap is what a cut-over does."""
    if theirs.answer is Answer.UNKNOWN:
        yield _unanswered(theirs)
    elif theirs.answer is Answer.ABSENT:
        yield _symptom(Bucket.MISSING_THERE, "left-to-old-connection", Repair.ASK_OWNER)
    elif _told_apart(ours, theirs):
        yield _symptom(Bucket.STATE_DIFFERS, "left-to-old-connection", Repair.ASK_OWNER)
    else:
        yield _symptom(Bucket.UNVERIFIABLE, "version-not-shown", Repair.NONE)


def _under_way(ours: Ours, _: Theirs, rules: Rules, known: Known) -> Iterator[Symptom]:
    if rules.now - ours.accepted_at > rules.late:
        yield _symptom(Bucket.LATE, ours.cause or "late", Repair.WAIT, known)


def _held(ours: Ours, theirs: Theirs, _: Rules, known: Known) -> Iterator[Symptom]:
    yield from _not_sent(ours, theirs, ours.cause or "waits-for-a-person", Repair.ASK_OWNER, known)


def _called_off(ours: Ours, theirs: Theirs, _: Rules, known: Known) -> Iterator[Symptom]:
    yield from _not_sent(ours, theirs, "called-off", Repair.ASK_OWNER, known)


def _outlived(ours: Ours, theirs: Theirs, _: Rules, known: Known) -> Iterator[Symptom]:
    yield from _not_sent(ours, theirs, ours.cause or "outlived", Repair.ASK_OWNER, known)


def _no_way(ours: Ours, theirs: Theirs, _: Rules, known: Known) -> Iterator[Symptom]:
    yield from _not_sent(ours, theirs, "not-routed-there", Repair.ASK_OWNER, known)


def _spent(ours: Ours, theirs: Theirs, _: Rules, known: Known) -> Iterator[Symptom]:
    yield from _not_sent(ours, theirs, ours.cause or "not-sent", Repair.RESEND, known)


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


_WAYS = {
    Way.NONE: _no_way,
    Way.UNDER_WAY: _under_way,
    Way.HELD: _held,
    Way.DELIVERED: _delivered,
    Way.ADOPTED: _adopted,
    Way.SHADOWED: _shadowed,
    Way.REFUSED: _refused,
    Way.SPENT: _spent,
    Way.OUTLIVED: _outlived,
    Way.CALLED_OFF: _called_off,
}
