"""Where a document stands with each receiver: what was told, in which order, and what is awaited of whom."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lgsp.domain.course.awaiting import From
from lgsp.domain.course.following import courses
from lgsp.domain.course.packets import Packet, Way
from lgsp.domain.course.telling import told
from tests.domain.documents_told import (
    KEY,
    ONE,
    SENDER,
    TWO,
    after,
    document,
    followed,
    one,
    present,
    status,
    way,
)


@pytest.mark.parametrize(
    ("state", "what", "of"),
    [
        ("parked", "document", From.PLATFORM),
        ("waiting", "turn", From.PLATFORM),
        ("ready", "sending", From.PLATFORM),
        ("sending", "answer", From.SYSTEM),
        ("put off", "retry", From.SYSTEM),
        ("held", "decision", From.OPERATOR),
        ("offered", "collection", From.SYSTEM),
        ("delivered", "arrival", From.RECEIVER),
        ("refused", "correction", From.SENDER),
        ("exhausted", "mend", From.OPERATOR),
        ("expired", "correction", From.SENDER),
        ("cancelled", "nothing", From.NOBODY),
        ("superseded", "nothing", From.NOBODY),
        ("replaced", "nothing", From.NOBODY),
    ],
)
def test_what_is_awaited_while_nothing_was_told(state: str, what: str, of: From) -> None:
    """Each state of the delivery says who is next, and since when; both languages name the same place."""
    awaited = one(document(way(state, minutes=3))).awaited
    assert (awaited.what, awaited.of) == (what, of)
    assert awaited.since == (None if what == "nothing" else after(3))
    assert awaited.vi
    assert awaited.en
    assert "{" not in awaited.vi + awaited.en


@pytest.mark.parametrize(
    ("state", "standing", "what", "of"),
    [
        ("ready", "running", "sending", From.PLATFORM),
        ("ready", "suspended", "system", From.SYSTEM),
        ("put off", "suspended", "system", From.SYSTEM),
        ("put off", "paused", "resumption", From.OPERATOR),
        ("ready", "draining", "resumption", From.OPERATOR),
        ("held", "paused", "decision", From.OPERATOR),
        ("offered", "paused", "collection", From.SYSTEM),
    ],
)
def test_a_system_that_stands_still_is_what_is_awaited(
    state: str, standing: str, what: str, of: From
) -> None:
    """What would go by itself waits for the system, or for who paused it; the rest waits for what it did."""
    awaited = one(document(way(state, standing=standing))).awaited
    assert (awaited.what, awaited.of) == (what, of)


def test_who_is_awaited_stands_in_the_words() -> None:
    """A system, an operator's delivery, a sender and a receiver are named, not hinted at."""
    off = way("put off", next_attempt_at=after(90))
    assert "document-axis" in one(document(off)).awaited.vi
    assert "05/03/2026 09:30:00" in one(document(off)).awaited.vi
    held = way("held")
    assert str(held.number) in one(document(held)).awaited.vi
    assert "UBND tỉnh Lạng Sơn (H37)" in one(document(way("refused"))).awaited.vi
    assert "Sở Tư pháp (H44.12)" in one(document(way())).awaited.vi


@pytest.mark.parametrize(
    ("codes", "latest", "what", "of"),
    [
        (["01"], "01", "reception", From.RECEIVER),
        (["01", "02"], "02", "correction", From.SENDER),
        (["01", "03"], "03", "assignment", From.RECEIVER),
        (["01", "03", "04"], "04", "processing", From.RECEIVER),
        (["01", "03", "04", "05"], "05", "completion", From.RECEIVER),
        (["01", "03", "04", "05", "06"], "06", "nothing", From.NOBODY),
        (["06"], "06", "nothing", From.NOBODY),
        (["01", "08"], "08", "explanation", From.RECEIVER),
    ],
)
def test_what_is_awaited_after_a_status(codes: list[str], latest: str, what: str, of: From) -> None:
    """The latest status says who acts next; a code that no list holds is asked about, not guessed at."""
    told_ = [status(code, minutes=10 * n) for n, code in enumerate(codes, 1)]
    found = one(document(way()), *told_)
    assert found.latest is not None
    assert found.latest.packet.data["code"] == latest
    assert (found.awaited.what, found.awaited.of) == (what, of)
    assert found.awaited.since == (None if what == "nothing" else after(10 * len(codes)))


def test_statuses_stand_in_the_order_in_which_things_were() -> None:
    """06 came before 03 and was set after it: finished is where it stands, and 03 is marked as late."""
    found = one(
        document(way()),
        status("06", minutes=50, came=51),
        status("03", minutes=20, came=55),
        status("01", minutes=2),
    )
    assert [step.packet.data["code"] for step in found.steps] == ["01", "03", "06"]
    assert [step.late for step in found.steps] == [False, True, False]
    assert found.awaited.what == "nothing"


def test_what_was_set_in_one_second_stands_in_the_usual_order() -> None:
    """A system that tells three steps at once tells them of one second."""
    found = one(document(way()), *(status(code, minutes=9, came=10) for code in ("05", "03", "04")))
    assert [step.packet.data["code"] for step in found.steps] == ["03", "04", "05"]
    assert not any(step.late for step in found.steps)


def test_a_clock_that_runs_ahead_does_not_hold_the_last_word() -> None:
    """Nothing was set after it was told: a 03 of next year does not stand behind the 06 that followed it."""
    ahead = status("03", minutes=500_000, came=20)
    found = one(document(way()), ahead, status("06", minutes=30))
    assert found.latest is not None
    assert found.latest.status == "finished"


def test_a_status_without_a_time_counts_from_when_it_came() -> None:
    """What says no time was set, at the latest, when we were told."""
    timeless = status("03", minutes=15)
    del timeless.data["at"]  # type: ignore[attr-defined]
    found = one(document(way()), status("01", minutes=10), timeless)
    assert found.awaited.since == after(15)


def test_a_status_proves_that_the_document_arrived() -> None:
    """However doubtful the delivery is, who enters a document in its register has it."""
    assert one(document(way("held")), status("03", minutes=9)).awaited.what == "assignment"


@pytest.mark.parametrize(
    ("codes", "groups"),
    [
        (["H37", "000.00.00.H37"], [["H37", "000.00.00.H37"]]),
        (["H44.12", "000.00.12.H44"], [["H44.12"], ["000.00.12.H44"]]),
    ],
)
def test_both_codes_of_one_body_are_one_receiver(codes: list[str], groups: list[list[str]]) -> None:
    """At level 1 the form says so; below it only a register does."""
    found = followed(document(way(), to=[{"code": code} for code in codes]))
    assert [receiver.body.codes for receiver in found.receivers] == groups


def test_a_register_knows_more_codes_of_a_body() -> None:
    """With it a status under the old code is that of the receiver who was written to under the new one."""
    pairs = {"000.00.12.H44": "H44.12"}
    known = {"same": lambda code, _: pairs.get(code, code)}
    old = {"code": "000.00.12.H44"}
    found = one(document(way(), to=[ONE, old]), status("03", old, minutes=9), **known)
    assert found.body.codes == ["H44.12", "000.00.12.H44"]
    assert found.awaited.what == "assignment"


def test_an_old_code_that_the_axis_added_is_no_second_receiver() -> None:
    """It bears the axis's mark and the receiver's own name; no list of codes is needed to see that."""
    added = {"code": "000.11.22.H44", "parent": "TLTVBQG_CDMDD_QD20", "name": "Sở Tư pháp (Mã cũ) (qd20)"}
    found = one(document(way(), to=[added, ONE]), status("03", {"code": "000.11.22.H44"}, minutes=9))
    assert (found.body.code, found.body.codes[1:]) == ("H44.12", ["000.11.22.H44"])
    assert found.awaited.what == "assignment"


def test_who_took_a_receiver_over_speaks_for_it() -> None:
    """The document went to a body that was merged into another one before that one answered."""

    def known(code: str, day: date) -> str:
        return "H44" if code == "H62" and day > date(2026, 3, 5) else code

    later = status("03", {"code": "H44"}, minutes=2 * 24 * 60)
    found = one(document(way(), to=[{"code": "H62"}]), later, same=known)
    assert found.awaited.what == "assignment"
    both = followed(document(way(), to=[{"code": "H62"}, {"code": "H44"}]), later, same=known)
    assert [bool(receiver.steps) for receiver in both.receivers] == [False, True]


def test_who_took_two_receivers_over_speaks_for_neither() -> None:
    """Both were merged into the body that answers: whose answer it is, nobody can say."""

    def known(code: str, day: date) -> str:
        return "H44" if code in {"H62", "H28"} and day > date(2026, 3, 5) else code

    later = status("03", {"code": "H44"}, minutes=2 * 24 * 60)
    found = followed(document(way(), to=[{"code": "H62"}, {"code": "H28"}]), later, same=known)
    assert [bool(receiver.steps) for receiver in found.receivers] == [False, False]
    assert len(found.others) == 1


def test_the_word_of_somebody_else_is_shown_apart() -> None:
    """A status of a body to which nobody wrote is not taken for a receiver's."""
    found = followed(document(way()), status("03", TWO, minutes=9))
    assert found.receivers[0].steps == []
    assert [step.packet.sender for step in found.others] == [TWO]


def test_each_receiver_has_its_own_way() -> None:
    """Those whom a delivery names go by it; those whom none names are not carried here."""
    three = {"code": "H44.14"}
    local, axis = way("offered", "H44.12"), way("delivered", "H44.13")
    found = followed(document(local, axis, to=[ONE, TWO, three]))
    assert [list(receiver.ways) for receiver in found.receivers] == [[local], [axis], []]
    assert [receiver.awaited.what for receiver in found.receivers] == ["collection", "arrival", "nothing"]


def test_what_failed_for_one_receiver_has_a_delivery_of_its_own() -> None:
    """The one who was reached is delivered; the other is where its own delivery is."""
    found = followed(document(way("delivered", "H44.12"), way("put off", "H44.13"), to=[ONE, TWO]))
    assert [receiver.awaited.what for receiver in found.receivers] == ["arrival", "retry"]


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        (["refused", "delivered"], "delivered"),
        (["delivered", "refused"], "delivered"),
        (["exhausted", "ready"], "ready"),
        (["ready", "cancelled"], "ready"),
        (["refused", "replaced"], "refused"),
        (["put off", "held"], "held"),
    ],
)
def test_of_several_deliveries_one_counts(states: list[str], counts: str) -> None:
    """What arrived before what is open, that before what died, and the newest of its like."""
    assert one(document(*(way(state) for state in states))).ways[0].state == counts


def test_a_delivery_that_is_for_somebody_else_is_nobodys_here() -> None:
    """A delivery that names only bodies to whom this packet was not written moves none of its receivers."""
    assert one(document(way("delivered", "G22"))).ways == []


def test_a_dead_delivery_that_was_overtaken_asks_nobody() -> None:
    """Something newer took its place; where another one died for good, that one is to be looked at."""
    assert one(document(way("exhausted"), way("refused", overtaken=True))).awaited.what == "mend"
    assert one(document(way("refused", overtaken=True))).awaited.what == "nothing"


def test_what_no_route_wants_is_an_operators_affair() -> None:
    """An unrouted document waits for a route since it was taken on."""
    plain = document()
    packet = Packet(plain.message, plain.source, plain.type, plain.data, plain.accepted_at, (), unrouted=True)
    awaited = one(packet).awaited
    assert (awaited.what, awaited.of, awaited.since) == ("route", From.OPERATOR, after(0))


def test_one_document_that_came_by_two_systems_is_one() -> None:
    """Inside the province and by the axis: one course, and the delivery that arrived counts."""
    found = followed(document(way("delivered")), document(way("put off"), minutes=2))
    assert [len(found.brought), len(found.receivers)] == [2, 1]
    assert found.receivers[0].ways[0].state == "delivered"


def test_one_id_of_two_senders_is_two_documents() -> None:
    """Identity is the id and the sender; what was said belongs to the one whose issuer it is meant for."""
    other = document(way("put off"), sender={"code": "G22"}, to=[TWO], minutes=1)
    mine, theirs = courses(
        [document(way()), other, status("03", minutes=9), status("06", TWO, minutes=9, to="G22")], present()
    )
    assert [(len(c.receivers[0].steps), c.others) for c in (mine, theirs)] == [(1, []), (1, [])]
    assert theirs.sender == {"code": "G22"}


def test_statuses_without_their_document_are_shown_all_the_same() -> None:
    """The document itself never came by here; what was told of it did."""
    found = followed(status("03", minutes=9))
    assert (found.brought, found.receivers, len(found.others)) == ([], [], 1)
    assert found.sender == {"code": "H37"}
    assert told(found)["key"] == KEY


def test_a_document_whose_body_is_gone_still_has_its_ways() -> None:
    """After the time of keeping, the deliveries tell who received it, and nothing is made up."""
    whole = document(way("delivered", "H44.12", "H44.13"))
    bare = Packet(whole.message, whole.source, whole.type, {}, whole.accepted_at, whole.ways)
    gone = Packet("m", "document-axis", "document.status.v1", {}, after(9))
    found = followed(bare, gone)
    assert [receiver.body.code for receiver in found.receivers] == ["H44.12", "H44.13"]
    assert [receiver.awaited.what for receiver in found.receivers] == ["arrival", "arrival"]
    assert told(found)["kept"] is False


def test_an_update_may_bring_new_receivers() -> None:
    """Whom only the update was written to is a receiver by it."""
    update = document(way("sending", minutes=31), to=[TWO], act="update", minutes=30)
    found = followed(document(way("delivered")), update)
    assert [receiver.body.code for receiver in found.receivers] == ["H44.12", "H44.13"]
    assert [receiver.ways[0].state for receiver in found.receivers] == ["delivered", "sending"]


def test_many_receivers_are_no_matter_of_minutes() -> None:
    """A letter to every commune with all its statuses is put together in the time of an answer."""
    to = [{"code": f"H44.{n}.1"} for n in range(3000)]
    letter = document(Way(1, "document-axis", [str(r["code"]) for r in to], "delivered", after(1)), to=to)
    recall = document(way(minutes=99), to=to, act="recall", minutes=98)
    statuses = [status(c, r, minutes=n) for r in to for n, c in ((2, "01"), (9, "03"), (100, "15"))]
    found = followed(letter, recall, *statuses)
    assert {receiver.awaited.what for receiver in found.receivers} == {"nothing"}


def test_a_course_is_told_with_who_set_what_and_when() -> None:
    """Plain values: officer, times as told and as counted, codes of a body, the document's own particulars."""
    whole = told(
        followed(
            document(way(), number="15", notation="UBND-VP", promulgated_on="2026-03-04", subject="V/v thử"),
            status("03", minutes=9, came=12, staff={"name": "Trần Thị B", "phone": "0900000000"}),
        )
    )
    (receiver,) = whole["receivers"]
    assert (whole["key"], whole["year"], whole["subject"]) == (KEY, 2026, "V/v thử")
    assert whole["sender"] == {"code": SENDER["code"], "name": SENDER["name"]}
    step = receiver["status"]
    assert step["staff"] == {"name": "Trần Thị B"}
    assert (step["at"], step["accepted_at"]) == (
        "2026-03-05T08:09:00.000+07:00",
        "2026-03-05T08:12:00.000+07:00",
    )
    assert receiver["awaited"]["of"] == "receiver"
    assert receiver["transport"]["system"] == "document-axis"


def test_the_year_is_that_of_the_number() -> None:
    """That of the document's day; without one, of its coming here, in Viet Nam."""
    assert told(followed(document(promulgated_on="2025-12-30")))["year"] == 2025
    late = document()
    new_year = Packet(
        late.message, late.source, late.type, late.data, datetime(2025, 12, 31, 17, 30, tzinfo=UTC)
    )
    assert told(followed(new_year))["year"] == 2026
