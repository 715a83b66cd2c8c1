"""What is remembered is bounded in time, number and bytes."""

from __future__ import annotations

from lgsp.lookups.remembering import Memory
from lgsp.lookups.walking import Answer

ONE = Answer(b"1")


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_forgotten_when_its_time_is_over() -> None:
    """Not a moment later, and sooner for who asks for something fresher."""
    clock = _Clock()
    memory = Memory(clock)
    memory.keep(b"a", ONE, 60.0)
    clock.now = 59.0
    assert memory.find(b"a", 60.0) == (ONE, 59.0)
    assert memory.find(b"a", 30.0) is None
    assert memory.find(b"a", 60.0) is not None
    clock.now = 60.0
    assert memory.find(b"a", 100.0) is None
    clock.now = 0.0
    assert memory.find(b"a", 100.0) is None


def test_the_least_used_goes_first() -> None:
    """Of more than there is room for."""
    memory = Memory(most=2)
    for name in (b"a", b"b"):
        memory.keep(name, ONE, 60.0)
    memory.find(b"a", 60.0)
    memory.keep(b"c", ONE, 60.0)
    assert [memory.find(name, 60.0) is not None for name in (b"a", b"b", b"c")] == [True, False, True]


def test_bytes_are_counted() -> None:
    """What takes all the room pushes the rest out; what is larger than the room is not kept; nothing leaks."""
    memory = Memory(room=100)
    for n in range(10):
        memory.keep(bytes([n]), Answer(b"1" * 30), 60.0)
    assert sum(memory.find(bytes([n]), 60.0) is not None for n in range(10)) == 3
    memory.keep(b"large", Answer(b"1" * 101), 60.0)
    assert memory.find(b"large", 60.0) is None
    memory.keep(b"whole", Answer(b"1" * 100), 60.0)
    assert sum(memory.find(bytes([n]), 60.0) is not None for n in range(10)) == 0
    memory.keep(b"whole", Answer(b"1" * 40), 60.0)
    memory.keep(b"other", Answer(b"1" * 60), 60.0)
    assert memory.find(b"whole", 60.0) is not None
    assert memory.find(b"other", 60.0) is not None


def test_what_may_not_be_kept_is_not() -> None:
    """A life of nothing keeps nothing."""
    memory = Memory()
    memory.keep(b"a", ONE, 0.0)
    assert memory.find(b"a", 60.0) is None
