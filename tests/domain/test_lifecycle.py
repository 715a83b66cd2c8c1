"""Statuses, the moves between them, whose word counts, and local states."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

import lgsp
from lgsp.domain.dossier import BY_WORD, STATUSES, Clock, Stage
from lgsp.domain.lifecycle.aspects import VOCABULARIES, Aspect, Sync, sync_of
from lgsp.domain.lifecycle.local_states import TABLES, status_of
from lgsp.domain.lifecycle.moves import MOVES, Move, move
from lgsp.domain.lifecycle.owners import OWNERS, Home, owner
from lgsp.domain.tables import rows
from lgsp.errors import Invalid
from lgsp.journal.states import State

WORDS = [status.word for status in STATUSES]


def test_every_pair_of_statuses_has_a_move_and_staying_is_none() -> None:
    """The table is whole: ten by ten, with nothing on its diagonal and nothing that is nothing beside it."""
    assert set(MOVES) == {(before, after) for before in WORDS for after in WORDS}
    assert {pair for pair, found in MOVES.items() if found is Move.NONE} == {(word, word) for word in WORDS}


@pytest.mark.parametrize(
    "way",
    [
        "registered received processing finished returned",
        "received processing supplement_required processing payment_required processing finished returned",
        "registered not_accepted",
        "received withdrawn",
        "processing stopped",
        "received finished returned",
        "supplement_required stopped",
    ],
)
def test_ordinary_lives_are_ordinary(way: str) -> None:
    """The ways that one-stop systems walk every day draw no finding."""
    steps = way.split()
    assert {move(*pair) for pair in pairwise(steps)} == {Move.ORDINARY}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("registered", "processing", Move.JUMP),
        ("registered", "returned", Move.JUMP),
        ("received", "returned", Move.JUMP),
        ("processing", "returned", Move.JUMP),
        ("processing", "received", Move.JUMP),
        ("supplement_required", "finished", Move.JUMP),
        ("withdrawn", "finished", Move.JUMP),
        ("returned", "processing", Move.RESET),
        ("finished", "processing", Move.RESET),
        ("finished", "received", Move.RESET),
        ("stopped", "processing", Move.RESET),
    ],
)
def test_odd_moves_are_found(before: str, after: str, found: Move) -> None:
    """A skipped step is a jump; what had ended and is open again is a reset."""
    assert move(before, after) is found


def test_a_reset_is_exactly_a_move_from_an_end_to_an_open_status() -> None:
    """The table agrees with the clock: from ended to not ended, and nothing else."""
    resets = {pair for pair, found in MOVES.items() if found is Move.RESET}
    assert resets == {(a, b) for a in WORDS for b in WORDS if BY_WORD[b].open and not BY_WORD[a].open}


def test_only_the_return_of_a_result_leaves_an_end_in_the_ordinary_way() -> None:
    """A finished dossier is returned; nothing leaves a terminal status."""
    ordinary = {pair for pair, found in MOVES.items() if found is Move.ORDINARY}
    assert {pair for pair in ordinary if not BY_WORD[pair[0]].open} == {("finished", "returned")}


def test_an_unknown_word_is_no_status() -> None:
    """Nothing is guessed of a word that no table holds."""
    with pytest.raises(KeyError):
        move("processing", "overdue")


def test_nobody_owns_a_word_that_is_no_status() -> None:
    """Who has the last word is asked of statuses alone."""
    with pytest.raises(KeyError):
        owner("overdue", Home.LOCAL)


def test_the_clock_runs_from_receipt_and_pauses_for_papers_and_payment() -> None:
    """Each status says what it does to the time that counts."""
    by_clock = {clock: [s.number for s in STATUSES if s.clock is clock] for clock in Clock}
    assert by_clock == {
        Clock.NOT_STARTED: [1],
        Clock.RUNS: [2, 4],
        Clock.PAUSED: [5, 6],
        Clock.ENDED: [3, 7, 8, 9, 10],
    }


def test_every_stage_has_one_owner_wherever_the_dossier_is_handled() -> None:
    """Exactly one system has the last word: the one-stop system, or a ministry's central one."""
    assert set(OWNERS) == {(stage, home) for stage in Stage for home in Home}
    assert owner("registered", Home.CENTRAL).name == "portal"
    assert owner("processing", Home.LOCAL).name == "one_stop"
    assert owner("finished", Home.CENTRAL).name == "central_system"


@pytest.mark.parametrize(
    "path", ["lifecycle/moves.tsv", "lifecycle/owners.tsv", "lifecycle/local_states.tsv"]
)
def test_every_row_names_its_source_and_how_sure_it_is(path: str) -> None:
    """A fact without a source is no fact."""
    assert all(row["source"] and row["confidence"] in {"high", "medium", "low"} for row in rows(path))


def test_two_tables_of_one_product_may_contradict_each_other() -> None:
    """The same local word means another status in another declared table, so the table is always named."""
    assert status_of("opencps", "2021", "receiving").number == 2
    assert status_of("opencps-c", "2025", "receiving").number == 1
    assert status_of("opencps", "2021", "denied").word == "stopped"
    assert status_of("opencps-c", "2025", "denied").word == "not_accepted"


@pytest.mark.parametrize("state", ["interoperating", "posting", "other", "", "0"])
def test_a_state_without_a_national_status_is_an_error(state: str) -> None:
    """Neither 0 nor 9 is put in its place; the problem names the field and what the table knows."""
    with pytest.raises(Invalid) as fault:
        status_of("opencps", "2021", state, place="/state")
    assert [(p.place, p.code) for p in fault.value.problems] == [("/state", "unmapped-status")]
    assert "releasing" in fault.value.problems[0].detail
    assert "posting" not in fault.value.problems[0].detail


def test_a_table_that_nobody_declared_maps_nothing() -> None:
    """Another version is another table: none stands in for one that is not there."""
    with pytest.raises(KeyError):
        status_of("opencps", "1999", "receiving")


def test_the_portals_own_table_is_its_numbers() -> None:
    """The declared table of a peer that speaks the portal's numbers agrees with the statuses."""
    found = {number: status.word for number, status in TABLES["portal", "2026-01"].items() if status}
    assert found == {str(status.number): status.word for status in STATUSES}


@pytest.mark.parametrize("aspect", Aspect)
def test_each_aspect_has_words_of_its_own(aspect: Aspect) -> None:
    """Payment, delivery and synchronisation are no business status, and each word has a Vietnamese name."""
    assert VOCABULARIES[aspect].keys().isdisjoint(BY_WORD)
    assert len(VOCABULARIES[aspect]) > 1
    assert all(VOCABULARIES[aspect].values())


def test_what_is_computed_of_synchronisation_has_its_words() -> None:
    """No answer of `sync_of` lacks its name, and no name its answer."""
    assert VOCABULARIES[Aspect.SYNC].keys() == {sync.value for sync in Sync}


@pytest.mark.parametrize(
    ("states", "sync"),
    [
        ([], Sync.UNROUTED),
        (["delivered"], Sync.DELIVERED),
        (["delivered", "put off"], Sync.UNDER_WAY),
        (["delivered", "put off", "refused"], Sync.FAILED),
        (["held", "refused"], Sync.HELD),
        (["superseded", "delivered"], Sync.DELIVERED),
    ],
)
def test_synchronisation_is_computed_from_the_deliveries(states: list[str], sync: Sync) -> None:
    """The worst of several systems is said; what a newer one replaced does not count."""
    assert sync_of(states) is sync


def test_every_state_of_a_delivery_says_something_of_synchronisation() -> None:
    """No state of the journal is unknown here: open ones are under way, dead ones failed."""
    dead = {"refused", "exhausted", "expired", "cancelled"}
    assert {s.word for s in State if sync_of([s.word]) is Sync.FAILED} == dead
    assert {s.word for s in State if sync_of([s.word]) is Sync.UNROUTED} == {"superseded", "replaced"}


def test_nothing_outside_the_domain_knows_a_status_number() -> None:
    """Outside `domain/`, code speaks the words: no number of a status is written beside its field."""
    package = Path(lgsp.__file__).parent
    places = [path for path in package.rglob("*.py") if "domain" not in path.relative_to(package).parts]
    number = re.compile(r"""["'](?:TrangThaiHoSo|TrangThai)["']\s*(?::|\]\s*=|==)\s*["']?\d""")
    known = [str(path) for path in places if number.search(path.read_text("utf-8"))]
    assert known == []
