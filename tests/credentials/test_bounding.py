"""Bounds are read as they were written, and a scope only ever narrows them."""

from __future__ import annotations

from datetime import date

import pytest

from lgsp.callers import Bounds, Subtree
from lgsp.credentials.bounding import ScopeError, narrowed, read, scope_of, written

WHOLE = Bounds()
SOME = Bounds(
    (Subtree("H44.11"), Subtree("H44.12", date(2026, 1, 1), date(2026, 12, 31))),
    frozenset({"dossier.v1", "document.v1"}),
    frozenset({"send", "read"}),
)


@pytest.mark.parametrize("bounds", [WHOLE, SOME])
def test_bounds_are_read_as_they_were_written(bounds: Bounds) -> None:
    """With the days between which an agency counts; a text without any of it bounds nothing."""
    assert read(written(bounds)) == bounds
    assert read({}) == WHOLE


def test_a_scope_says_what_bounds_allow() -> None:
    """Acts by name, types where not all of them are allowed."""
    assert scope_of(WHOLE) == "send collect read ask"
    assert scope_of(SOME) == "send read type:document.v1 type:dossier.v1"


@pytest.mark.parametrize("scope", ["", "  ", "default", "am_application_scope default"])
def test_who_asks_for_nothing_in_particular_has_all_that_is_its_own(scope: str) -> None:
    """As clients of other platforms ask; it is never more than what the credential has."""
    assert narrowed(SOME, scope) == SOME
    assert narrowed(WHOLE, scope) == WHOLE


def test_a_scope_narrows() -> None:
    """What is not named is not asked for; agencies stay as they are."""
    narrow = narrowed(SOME, "send type:dossier.v1")
    assert (narrow.acts, narrow.types, narrow.agencies) == ({"send"}, {"dossier.v1"}, SOME.agencies)
    assert narrowed(WHOLE, "type:dossier.v1") == Bounds((), frozenset({"dossier.v1"}))
    assert narrowed(SOME, "read").types == SOME.types


@pytest.mark.parametrize(
    "scope", ["collect", "send collect", "type:report.v1", "admin", "send type:report.v1"]
)
def test_a_scope_never_widens(scope: str) -> None:
    """Whoever asks for what is not its own gets nothing, rather than less than it counts on."""
    with pytest.raises(ScopeError):
        narrowed(SOME, scope)


def test_what_was_granted_can_be_asked_for_again() -> None:
    """A token says its scope in words that mean the same when they are read."""
    for bounds in (WHOLE, SOME, narrowed(SOME, "send type:dossier.v1")):
        assert scope_of(narrowed(bounds, scope_of(bounds))) == scope_of(bounds)
