"""Charts: what is drawn adds up, is told in words too, and is told apart without colour."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lgsp.reporting.rendering.drawing import WIDTH, draw
from lgsp.reporting.rendering.sheet import Bar, Chart

NUMBERS = st.integers(0, 10**9).map(Decimal)
BARS = st.lists(
    st.tuples(st.text(max_size=90), st.tuples(NUMBERS, NUMBERS, NUMBERS)).map(lambda one: Bar(*one)),
    min_size=1,
    max_size=12,
)
SERIES = ("trước hạn", "đúng hạn", "quá hạn")


@given(BARS, st.booleans())
def test_bars_stay_in_the_picture_and_their_parts_in_proportion(bars: list[Bar], shares: bool) -> None:
    """Whatever the numbers: no part sticks out, none lies on another, and equal scales mean equal lengths."""
    drawing = draw(Chart("t", SERIES, tuple(bars), shares))
    whole = drawing.right - 12 - drawing.left
    largest = max(sum(bar.parts) for bar in bars)
    for bar, drawn in zip(bars, drawing.bars, strict=True):
        ends = [(part.x, part.x + part.width) for part in drawn.parts]
        assert all(end <= start + 0.2 for (_, end), (start, _) in pairwise(ends))
        assert all(drawing.left <= start and end <= drawing.right for start, end in ends)
        scale = sum(bar.parts) if shares else largest
        expected = float(sum(bar.parts) / scale) * whole if scale else 0
        assert abs(sum(part.width for part in drawn.parts) - expected) < 0.5
        assert drawn.y + drawing.thick <= drawing.height
        assert len(drawn.label) <= 2
    assert drawing.right < WIDTH


def test_who_cannot_see_it_is_told_every_number() -> None:
    """The picture's words hold each bar and each part, as offices write numbers."""
    chart = Chart("t", SERIES, (Bar("Sở A", (Decimal(1200), Decimal(3), Decimal(4))),), note="Còn nữa.")
    assert draw(chart).told == "Sở A: trước hạn 1.200, đúng hạn 3, quá hạn 4. Còn nữa."


def test_what_is_late_is_hatched_whatever_else_is_drawn() -> None:
    """In black and white the last series is told from the others by its pattern, not by its colour."""
    three = Chart("t", SERIES, (Bar("a", (Decimal(1), Decimal(1), Decimal(1))),))
    two = Chart("t", SERIES[1:], (Bar("a", (Decimal(1), Decimal(1))),))
    tints = [[key.tint for key in draw(chart).keys] for chart in (three, two)]
    assert [one[-1] for one in tints] == ["hatched", "hatched"]
    assert all(len(set(one)) == len(one) for one in tints)


def test_a_number_is_written_into_a_part_only_where_it_fits() -> None:
    """A part that is too thin for its number has none; the words of the picture have it still."""
    chart = Chart("t", ("trong hạn", "quá hạn"), (Bar("a", (Decimal(1_000_000), Decimal(1))),))
    thick, thin = draw(chart).bars[0].parts
    assert (thick.text, thin.text) == ("1.000.000", "")


def test_shares_say_what_they_are_of() -> None:
    """Beside each whole bar stand the share that is not late and the number it is of."""
    chart = Chart("t", SERIES, (Bar("a", (Decimal(1), Decimal(1), Decimal(1))),), shares=True)
    drawing = draw(chart)
    assert drawing.above == "không quá hạn / tổng số"
    assert drawing.bars[0].said == "66,7 % / 3"
