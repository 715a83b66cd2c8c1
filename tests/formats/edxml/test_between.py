"""What stands between the elements of a packet is nothing where it is space, and else is kept."""

from __future__ import annotations

import pytest

from tests.formats.edxml.packets import message, packet, taken, told


@pytest.mark.parametrize("space", ["\u00a0", "\u3000 ", "\u2028", "\u0085"])
def test_only_the_space_of_xml_is_nothing_between_elements(space: str) -> None:
    """Other space may mean something: it is kept, and a finding says that it stood there."""
    found = taken(packet(message(Subject="a") + f" \r\n{space}\t"))
    assert ("stray-text", "MessageHeader") in told(found)
    assert found.data["extra"]["#text"] == space.strip(" ")
    assert ("stray-text", "MessageHeader") not in told(taken(packet(message(Subject="a") + " \r\n\t")))
