"""What is known of a check, and what follows: it goes, it is held, or an answer is waited for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest

from lgsp.checking.judging import UNAVAILABLE, Check, Verdict, evidence_of, judged, made
from lgsp.journal.checks import Evidence, Result
from lgsp.journal.turns import Claim
from lgsp.message import Kind, Message
from lgsp.route_checks import CAUSES, RouteCheck
from tests.checking.making import OWNER, SECOND, check, route_check

NOW = 1_000_000 * SECOND


def claim(now: int = NOW, born: int = NOW) -> Claim:
    """Return an attempt at a moment, of a delivery that began at one."""
    message = Message("dossier.v1", "K1", "K1", {"applicant": OWNER})
    return Claim(1, "portal", 1, 0, 0, False, b"x", now, message, Kind.SNAPSHOT, born=born)


def known(result: Result = Result.OPEN, **more: Any) -> Evidence:
    """Return what is known."""
    said: dict[str, Any] = {
        "began_at": NOW,
        "busy_until": None,
        "cause": None,
        "fields": (),
        "ask": UUID(int=7),
    }
    said["told_at"] = None if result is Result.OPEN else NOW
    return Evidence(b"d", "owner", "owner-identity", "citizens", result=result, **(said | more))


def word(
    evidence: Evidence | None, now: int = NOW, born: int = NOW, rest: float = 0.0, **said: Any
) -> Verdict:
    """Return how the check stands."""
    return judged(check(**said), evidence, claim(now, born), rest)


# --- making ---------------------------------------------------------------------------------------------


def test_the_same_question_about_the_same_subject_is_one_question() -> None:
    """Whatever else of the body changes: it is the owner that was asked about."""
    one = made(route_check(), Message("dossier.v1", "K1", "K1", {"applicant": OWNER, "status": "received"}))
    two = made(route_check(), Message("dossier.v1", "K1", "K1", {"applicant": OWNER, "status": "finished"}))
    other = made(route_check(), Message("dossier.v1", "K1", "K1", {"applicant": {**OWNER, "name": "B"}}))
    assert one is not None
    assert two is not None
    assert other is not None
    assert one.put == two.put
    assert one.put != other.put


def test_a_question_against_another_system_is_another_one() -> None:
    """What one system said is not what another would say."""
    assert check().put != check(against="elsewhere").put


def test_what_is_not_about_a_body_makes_no_check() -> None:
    """A firm's dossier is not asked about at the population database."""
    assert made(route_check(), Message("dossier.v1", "K1", "K1", {"applicant": {"kind": "business"}})) is None


def test_nothing_of_a_question_stands_in_its_repr() -> None:
    """What is logged by mistake names no citizen."""
    assert "001099000001" not in repr(check())
    assert "Nguyễn" not in repr(check())


# --- judging --------------------------------------------------------------------------------------------


def test_what_nobody_asked_yet_is_waited_for_anew() -> None:
    """Until its time is over."""
    found = word(None, wait="2m")
    assert (found.word, found.waits, found.anew, found.over) == ("", True, True, NOW + 120 * SECOND)


def test_what_is_being_asked_is_waited_for_from_when_it_began() -> None:
    """A second look does not begin the time anew."""
    found = word(known(began_at=NOW - 60 * SECOND), born=NOW - 60 * SECOND)
    assert (found.waits, found.anew, found.over) == (True, False, NOW + 60 * SECOND)


def test_when_the_time_is_over_it_counts_as_unavailable() -> None:
    """Row 345: bounded, by the first look at it."""
    at = NOW - 120 * SECOND
    assert word(known(began_at=at), born=at).word == UNAVAILABLE
    assert word(known(began_at=at + 1), born=at).word == ""


def test_a_newer_message_of_the_same_question_goes_on_with_the_same_time() -> None:
    """Row 343: a source that tells every ten seconds does not make it wait for ever."""
    found = word(known(began_at=NOW - 119 * SECOND), born=NOW)
    assert (found.anew, found.over) == (False, NOW + SECOND)


def test_a_message_from_after_a_time_in_vain_has_one_of_its_own() -> None:
    """It is asked; that an older one was not answered is no answer."""
    found = word(known(began_at=NOW - 500 * SECOND), born=NOW - 1)
    assert (found.word, found.anew) == ("", True)


def test_a_retry_of_who_went_unchecked_goes_at_once() -> None:
    """Row 349: it was born before its time was over; the far side's failures do not have it asked anew."""
    found = word(known(began_at=NOW - 500 * SECOND), born=NOW - 500 * SECOND)
    assert (found.word, found.waits) == (UNAVAILABLE, False)


@pytest.mark.parametrize("result", [Result.MATCHES, Result.DIFFERS, Result.NOT_FOUND, Result.REFUSED])
def test_an_answer_stands_until_it_is_too_old(result: Result) -> None:
    """An unchanged owner is not asked about again within the declared time; behind it, anew."""
    fresh = known(result, told_at=NOW - 99 * SECOND, began_at=NOW - 100 * SECOND)
    assert word(fresh, again="100s").word == result.word
    old = word(replace(fresh, told_at=NOW - 100 * SECOND), again="100s")
    assert (old.word, old.anew, old.over) == ("", True, NOW + 120 * SECOND)


def test_what_a_person_waived_goes_however_old() -> None:
    """Row 346: also what cannot be asked, and what holds."""
    waived = known(Result.DIFFERS, told_at=NOW - 10**15, waived_at=NOW - 10**15)
    found = word(waived, hold=["differs"])
    assert (found.word, found.waits, found.held, found.odd) == ("waived", False, False, False)
    lacking = judged(check(identity_number=""), waived, claim())
    assert lacking.word == "waived"


def test_what_cannot_be_asked_is_never_waited_for() -> None:
    """The body says too little; the fields say which."""
    found = judged(check(identity_number="", name=""), None, claim())
    assert (found.word, found.waits) == ("incomplete", False)
    assert found.fields == ("/applicant/identity_number", "/applicant/name")


def test_who_cannot_be_asked_in_time_is_not_waited_for() -> None:
    """A quota that is used up until tomorrow does not keep each dossier for two minutes."""
    assert word(None, rest=121).word == UNAVAILABLE
    assert word(None, rest=119).waits
    assert word(known(began_at=NOW - 60 * SECOND), rest=60).word == UNAVAILABLE


# --- what follows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", ["differs", "not-found", "refused"])
def test_the_route_says_what_is_held(found: str) -> None:
    """All else goes, with a finding."""
    result = Result[found.upper().replace("-", "_")]
    held, passes = word(known(result), hold=[found]), word(known(result))
    assert (held.held, held.waits, held.odd) == (True, False, True)
    assert (passes.held, passes.waits, passes.odd) == (False, False, True)
    assert passes.finding().code == CAUSES[found]


def test_what_holds_while_nobody_answers_waits_on() -> None:
    """Row 345: no person has to release it, and it is asked about again."""
    at = NOW - 500 * SECOND
    found = word(known(began_at=at), born=at, hold=["unavailable"])
    assert (found.word, found.held, found.waits) == (UNAVAILABLE, True, True)


def test_what_matches_is_not_odd() -> None:
    """Nobody has to look at it."""
    found = word(known(Result.MATCHES), hold=["differs", "not-found", "refused", "incomplete", "unavailable"])
    assert (found.held, found.waits, found.odd) == (False, False, False)


def test_a_finding_names_the_first_field_and_who_was_asked() -> None:
    """And no value."""
    found = word(known(Result.DIFFERS, fields=("/applicant/identity_number", "/applicant/name"))).finding()
    assert found.as_dict() == {
        "code": "check-differs", "place": "/applicant/identity_number", "read": "owner: citizens",
    }  # fmt: skip
    assert word(known(Result.NOT_FOUND)).finding().place == ""


def test_who_waits_looks_again_after_as_long_as_it_waited() -> None:
    """Ten seconds at first, never beyond its time, and ten minutes at most where it waits on."""
    assert word(None).pause(NOW) == 10 * SECOND
    assert word(None, wait="3s").pause(NOW) == 3 * SECOND
    at = NOW - 40 * SECOND
    assert word(known(began_at=at), born=at).pause(NOW) == 40 * SECOND
    at = NOW - 100 * SECOND
    assert word(known(began_at=at), born=at).pause(NOW) == 20 * SECOND
    at = NOW - 86400 * SECOND
    assert word(known(began_at=at), born=at, hold=["unavailable"]).pause(NOW) == 600 * SECOND


# --- the evidence ---------------------------------------------------------------------------------------


def evidence(found: Verdict, born: int = NOW) -> dict[str, Any]:
    """Return what is kept of one check."""
    kept = orjson.loads(evidence_of([found], born))
    assert kept["said"] == f"owner: {found.word} (citizens)"
    (one,) = kept["checks"]
    return dict(one)


def test_the_evidence_says_which_question_when_and_what_was_compared() -> None:
    """By names of fields alone."""
    told = evidence(word(known(Result.DIFFERS, fields=("/applicant/name",))))
    assert told == {
        "check": "owner", "rule": "owner-identity", "against": "citizens", "asks": "citizen.verification.v1",
        "result": "differs", "compared": ["/applicant/identity_number", "/applicant/name"],
        "fields": ["/applicant/name"], "at": NOW, "ask": str(UUID(int=7)),
    }  # fmt: skip


def test_the_evidence_says_that_an_older_answer_was_used() -> None:
    """What was asked before the delivery began was asked for another message."""
    assert "reused" not in evidence(word(known(Result.MATCHES)), born=NOW)
    assert evidence(word(known(Result.MATCHES)), born=NOW + 1)["reused"] is True


def test_the_evidence_of_what_could_not_be_asked_tells_no_answer() -> None:
    """An answer that is too old is not passed off as one of now."""
    told = evidence(word(known(Result.MATCHES, told_at=NOW - 10**15), rest=10**6))
    assert (told["result"], "at" in told, "ask" in told) == (UNAVAILABLE, False, False)
    at = NOW - 500 * SECOND
    open_ = evidence(word(known(began_at=at, cause="timed-out"), born=at))
    assert (open_["cause"], open_["ask"]) == ("timed-out", str(UUID(int=7)))


def test_no_value_of_a_body_stands_in_the_evidence() -> None:
    """Whatever was found."""
    for found in (word(known(Result.DIFFERS)), judged(check(identity_number="0123"), None, claim())):
        assert not any(value in evidence_of([found], NOW) for value in ("001099000001", "Nguyễn", "0123"))


def test_every_thing_that_may_be_found_has_a_cause() -> None:
    """And nothing else has one."""
    assert set(CAUSES) == set(RouteCheck.model_json_schema()["properties"]["hold"]["items"]["enum"])
    assert isinstance(check(), Check)
