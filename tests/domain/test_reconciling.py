"""What three sides say of one dossier, in every combination, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from lgsp.domain.cause import Party
from lgsp.domain.causes import CAUSES
from lgsp.domain.reconciling import words
from lgsp.domain.reconciling.buckets import SAFE, Bucket, Proof, Repair, Symptom, Verdict, by_precedence
from lgsp.domain.reconciling.judging import judge
from lgsp.domain.reconciling.sides import Answer, Facts, Local, Ours, Rules, Theirs, TurnedAway, Way

HOUR = 3_600_000_000
NOW = 1_000 * HOUR
OLD, YOUNG = NOW - 10 * HOUR, NOW - HOUR // 60
RULES = Rules(NOW, late=HOUR, grace=HOUR)
LISTED = Rules(NOW, late=HOUR, grace=HOUR, listed_at=NOW - HOUR // 2, whole=True)
REFUSAL, PASSING, AT_THE_DOOR = "portal-field-missing", "portal-dossier-missing", "unmapped-status"
"""A cause that a retry does not help, one that it does, and one of our own writing."""

SAME, OTHER = "processing", "finished"
THERE = Theirs(Answer.THERE)
SHOWN = Theirs(Answer.THERE, SAME)
APART = Theirs(Answer.THERE, OTHER)
TWICE = Theirs(Answer.THERE, count=2)
ABSENT = Theirs(Answer.ABSENT)
SILENT = Theirs(cause="timed-out")


def ours(way: Way, **more: object) -> Ours:
    """Return our side of a dossier that was taken on long ago."""
    said = {"status": SAME, "accepted_at": OLD, "since": OLD} | more
    return Ours(way, **said)  # type: ignore[arg-type]


def leading(facts: Facts, rules: Rules = RULES) -> tuple[str, str, str, str] | None:
    """Return bucket, cause, owner and repair of what leads; None where the sides agree."""
    one = judge(facts, rules).leading
    return None if one is None else (one.bucket.value, one.cause, one.owner.value, one.repair.value)


TABLE = [
    # our side, the answer: bucket, cause, owner, repair
    (ours(Way.DELIVERED), ABSENT, ("missing-there", "taken-yet-absent", "ministry", "resend")),
    (ours(Way.DELIVERED), APART, ("state-differs", "state-there-differs", "ministry", "update")),
    (ours(Way.DELIVERED), SILENT, ("unverifiable", "timed-out", "network", "none")),
    (ours(Way.DELIVERED), TWICE, ("duplicate", "there-twice", "ministry", "ask-owner")),
    (ours(Way.DELIVERED), THERE, None),
    (ours(Way.DELIVERED), SHOWN, None),
    (ours(Way.ADOPTED), THERE, ("unverifiable", "version-not-shown", "ministry", "none")),
    (ours(Way.ADOPTED), ABSENT, ("missing-there", "adopted-yet-absent", "ministry", "resend")),
    (ours(Way.ADOPTED), APART, ("state-differs", "state-there-differs", "ministry", "update")),
    (ours(Way.SHADOWED), THERE, ("unverifiable", "version-not-shown", "ministry", "none")),
    (ours(Way.SHADOWED), ABSENT, ("missing-there", "left-to-old-connection", "platform", "ask-owner")),
    (ours(Way.SHADOWED), APART, ("state-differs", "left-to-old-connection", "platform", "ask-owner")),
    (ours(Way.SHADOWED), SILENT, ("unverifiable", "timed-out", "network", "none")),
    (ours(Way.UNDER_WAY), Theirs(), ("late", "late", "platform", "wait")),
    (ours(Way.UNDER_WAY, cause="suspended"), Theirs(), ("late", "suspended", "ministry", "wait")),
    (ours(Way.UNDER_WAY, accepted_at=YOUNG), Theirs(), None),
    (ours(Way.REFUSED, cause=REFUSAL), ABSENT, ("refused", REFUSAL, "vendor", "correct")),
    (ours(Way.REFUSED, cause=PASSING), ABSENT, ("refused", PASSING, "nobody", "resend")),
    (ours(Way.REFUSED, cause=PASSING, before=True), THERE, ("refused", PASSING, "nobody", "resend")),
    (ours(Way.REFUSED, cause=PASSING), THERE, ("refused", PASSING, "nobody", "correct")),
    (ours(Way.REFUSED, cause=AT_THE_DOOR), ABSENT, ("unsendable", AT_THE_DOOR, "vendor", "correct")),
    (ours(Way.SPENT), ABSENT, ("missing-there", "not-sent", "platform", "resend")),
    (ours(Way.SPENT, before=True), THERE, ("state-differs", "not-sent", "platform", "resend")),
    (ours(Way.SPENT), THERE, ("unverifiable", "version-not-shown", "ministry", "none")),
    (ours(Way.SPENT, before=True, doubtful=True), THERE, ("unverifiable", "version-not-shown", "ministry", "none")),
    (ours(Way.SPENT, doubtful=True), ABSENT, ("missing-there", "not-sent", "platform", "resend")),
    (ours(Way.SPENT), APART, ("state-differs", "not-sent", "platform", "resend")),
    (ours(Way.OUTLIVED), ABSENT, ("missing-there", "outlived", "platform", "ask-owner")),
    (ours(Way.HELD), ABSENT, ("missing-there", "waits-for-a-person", "platform", "ask-owner")),
    (ours(Way.HELD, cause="uncertain"), ABSENT, ("missing-there", "uncertain", "platform", "ask-owner")),
    (ours(Way.CALLED_OFF), ABSENT, ("missing-there", "called-off", "platform", "ask-owner")),
    (ours(Way.CALLED_OFF, cause=REFUSAL), ABSENT, ("missing-there", "called-off", "platform", "ask-owner")),
    (ours(Way.NONE), ABSENT, ("missing-there", "not-routed-there", "platform", "ask-owner")),
    (ours(Way.NONE), THERE, ("unverifiable", "version-not-shown", "ministry", "none")),
    (ours(Way.DELIVERED, sources=2), THERE, ("duplicate", "several-sources", "agency", "ask-owner")),
]  # fmt: skip


@pytest.mark.parametrize(("our", "theirs", "expected"), TABLE)
def test_a_dossier_of_two_sides_lands_where_the_table_says(
    our: Ours, theirs: Theirs, expected: tuple[str, ...] | None
) -> None:
    """Where our newest stands, and what the far side answers, decide bucket, cause, owner and repair."""
    assert leading(Facts(None, our, theirs)) == expected


SOURCE = [
    (Local(SAME), None, ABSENT, None, ("missing-here", "never-told", "vendor", "ask-owner")),
    (Local(SAME), None, THERE, None, ("missing-here", "went-around", "vendor", "ask-owner")),
    (Local(SAME), None, SILENT, None, ("missing-here", "never-told", "vendor", "ask-owner")),
    (None, ours(Way.DELIVERED), THERE, None, ("missing-here", "not-at-source", "vendor", "ask-owner")),
    (Local(OTHER), ours(Way.DELIVERED), THERE, None, ("state-differs", "change-not-told", "vendor", "ask-owner")),
    (Local(OTHER, YOUNG), ours(Way.DELIVERED), THERE, None, None),
    (Local(SAME), ours(Way.DELIVERED), THERE, None, None),
    (Local(), ours(Way.DELIVERED), THERE, None, None),
    (Local(SAME, count=2), ours(Way.DELIVERED), THERE, None, ("duplicate", "source-lists-twice", "vendor", "ask-owner")),
    (Local(SAME), None, ABSENT, TurnedAway("missing", ("code",)), ("unsendable", "missing", "vendor", "correct")),
    (None, ours(Way.DELIVERED), THERE, TurnedAway("missing"), ("unsendable", "missing", "vendor", "correct")),
]  # fmt: skip


@pytest.mark.parametrize(("local", "our", "theirs", "away", "expected"), SOURCE)
def test_the_sources_own_list_is_the_third_side(
    local: Local | None,
    our: Ours | None,
    theirs: Theirs,
    away: TurnedAway | None,
    expected: tuple[str, ...] | None,
) -> None:
    """What the source has and never told, what it lacks, what it changed, and what our door turned away."""
    assert leading(Facts(local, our, theirs, away), LISTED) == expected


def test_what_an_older_connection_was_to_tell_is_ours_to_mend_once_the_routes_send() -> None:
    """Only what is there without its state stays open: sending it could double it."""
    live, shadowed = replace(RULES, live=True), ours(Way.SHADOWED)
    missing = ("missing-there", "left-to-old-connection", "platform", "resend")
    differs = ("state-differs", "left-to-old-connection", "platform", "update")
    assert leading(Facts(None, shadowed, ABSENT), live) == missing
    assert leading(Facts(None, shadowed, APART), live) == differs
    unseen = ("unverifiable", "version-not-shown", "ministry", "none")
    assert leading(Facts(None, shadowed, THERE), live) == unseen


def test_a_list_that_is_older_than_what_we_hold_says_nothing_against_it() -> None:
    """Traffic goes on: what was taken on after the list was taken cannot be missing in it, nor differ."""
    fresh = ours(Way.DELIVERED, accepted_at=LISTED.listed_at)
    assert leading(Facts(None, fresh, THERE), LISTED) is None
    assert leading(Facts(Local(OTHER), fresh, THERE), LISTED) is None


def test_a_list_of_a_part_says_nothing_of_what_it_lacks() -> None:
    """Only a whole list makes a dossier that it lacks one that the source does not have."""
    part = Rules(NOW, HOUR, HOUR, LISTED.listed_at, whole=False)
    assert leading(Facts(None, ours(Way.DELIVERED), THERE), part) is None


def test_the_proof_of_agreement_says_how_much_was_seen() -> None:
    """A receipt and existence prove the version; only an answer that tells the state shows it."""
    assert judge(Facts(None, ours(Way.DELIVERED), THERE), RULES).proof is Proof.RECEIPT
    assert judge(Facts(None, ours(Way.DELIVERED), SHOWN), RULES).proof is Proof.SEEN
    assert judge(Facts(None, ours(Way.UNDER_WAY, accepted_at=YOUNG)), RULES).proof is Proof.UNDER_WAY


def test_what_explains_leads_and_the_rest_are_notes() -> None:
    """A refused dossier is missing there too: it counts once, under what has to be mended."""
    verdict = judge(Facts(Local(OTHER), ours(Way.REFUSED, cause=REFUSAL), ABSENT), LISTED)
    assert [one.bucket for one in verdict.symptoms] == [
        Bucket.REFUSED,
        Bucket.MISSING_THERE,
        Bucket.STATE_DIFFERS,
    ]


def test_precedence_is_the_order_of_the_buckets() -> None:
    """Whatever order the symptoms come in, the same one leads; the same one twice stands once."""
    every = [Symptom(bucket, "late", Party.NOBODY, retry=False, repair=Repair.NONE) for bucket in Bucket]
    assert by_precedence([*every[::-1], *every]) == every


# --- every combination ----------------------------------------------------------------------------------

_ANSWERS = (THERE, SHOWN, APART, TWICE, ABSENT, SILENT, Theirs())
_LOCALS = (None, Local(SAME), Local(OTHER), Local(OTHER, YOUNG), Local(SAME, count=2), Local())
_CAUSES = ("", REFUSAL, PASSING, AT_THE_DOOR)


def _ours() -> Iterator[Ours | None]:
    yield None
    for way, before, doubtful, sources, age in product(
        Way, (False, True), (False, True), (1, 2), (OLD, YOUNG)
    ):
        for cause in _CAUSES if way is Way.REFUSED else ("",):
            yield ours(way, before=before, doubtful=doubtful, sources=sources, accepted_at=age, cause=cause)


def _every() -> Iterator[tuple[Facts, Rules, Verdict]]:
    for our, theirs, local, away in product(_ours(), _ANSWERS, _LOCALS, (None, TurnedAway("missing"))):
        for rules in (RULES, LISTED):
            facts = Facts(local, our, theirs, away)
            yield facts, rules, judge(facts, rules)


EVERY = list(_every())


def test_nothing_is_sent_that_may_be_there_already() -> None:
    """A repair that sends stands only where the far side lacks it, shows another state, or has an older one."""
    for facts, _, verdict in EVERY:
        for one in verdict.symptoms:
            if one.repair not in SAFE:
                continue
            our = facts.ours
            assert our is not None
            apart = facts.theirs.status not in {"", our.status}
            older = our.before and not our.doubtful and our.way in {Way.REFUSED, Way.SPENT}
            assert facts.theirs.answer is Answer.ABSENT or apart or older, (facts, one)


def test_a_version_that_was_delivered_and_is_there_is_never_sent_again() -> None:
    """Without proof that another state is there, sending would be the duplicate that nobody wants."""
    for facts, _, verdict in EVERY:
        delivered = facts.ours is not None and facts.ours.way is Way.DELIVERED
        if delivered and facts.theirs.answer is Answer.THERE and facts.theirs.status in {"", SAME}:
            assert SAFE.isdisjoint(one.repair for one in verdict.symptoms), facts


def test_silence_is_never_agreement() -> None:
    """Of what is not on its way an unanswered question always leaves something to be said."""
    for facts, _, verdict in EVERY:
        if facts.ours is None or facts.ours.way is Way.UNDER_WAY or facts.theirs.answer is not Answer.UNKNOWN:
            continue
        assert (
            Bucket.UNVERIFIABLE in {one.bucket for one in verdict.symptoms} or facts.ours.way is Way.REFUSED
        )


def test_nothing_is_sent_beside_what_is_on_its_way() -> None:
    """What is under way is waited for."""
    for facts, _, verdict in EVERY:
        if facts.ours is not None and facts.ours.way is Way.UNDER_WAY:
            assert SAFE.isdisjoint(one.repair for one in verdict.symptoms)


def test_every_difference_is_explained_in_words() -> None:
    """Each has a cause of the catalogue with its owner, and Vietnamese for bucket and repair."""
    for _, _, verdict in EVERY:
        for one in verdict.symptoms:
            assert one.cause in CAUSES
            assert one.owner in Party
            assert words.BUCKETS[one.bucket]
            assert words.REPAIRS[one.repair]


def test_a_verdict_is_either_agreement_or_difference() -> None:
    """It has a proof or a leading symptom, never both and never neither."""
    assert all((verdict.proof is None) == bool(verdict.symptoms) for _, _, verdict in EVERY)


def test_an_operators_own_name_of_an_answer_counts() -> None:
    """A cause that an operator described says who has to act, as those of the catalogue do."""
    own = CAUSES["portal-away"]
    one = judge(
        Facts(None, ours(Way.REFUSED, cause="our-own-name"), ABSENT), RULES, {"our-own-name": own}.get
    ).leading
    assert one is not None
    assert (one.owner, one.retry) == (own.party, own.retry_helps)
