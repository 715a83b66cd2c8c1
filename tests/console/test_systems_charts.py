"""The pictures of a system's hours: what is drawn stands for its figures."""

from __future__ import annotations

from typing import Any

from lgsp.console.systems_charts import ARRIVALS, FOOT, HEIGHT, LEFT, OUTCOMES, TOP, WIDTH, bars, lines

NOTHING = {part.kind: 0 for part in (*OUTCOMES, *ARRIVALS)}


def beats(*told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return slots from a full hour on; what is not said is nothing."""
    return [
        NOTHING | {"start": f"2026-01-31T0{n // 6}:{n % 6}0:00+07:00", "took": None} | one
        for n, one in enumerate(told)
    ]


def test_bars_stand_on_each_other_up_to_a_round_number() -> None:
    """The highest bar fits below the top; what stands on another begins where that ends."""
    chart = bars(beats({"delivered": 70, "put_off": 14}, {}, {"dead": 1}), OUTCOMES)
    assert [tick.value for tick in chart.across] == [0, 50, 100]
    lower, upper = chart.slots[0].blocks
    assert abs(upper.y + upper.height - lower.y) <= 0.2
    room = HEIGHT - TOP - FOOT
    assert abs(lower.height - 0.7 * room) < 1
    assert (chart.slots[1].blocks, chart.slots[2].blocks[0].kind) == ([], "dead")
    assert chart.slots[2].blocks[0].height >= 1.5
    assert chart.slots[0].x == LEFT
    assert chart.slots[-1].x + chart.slots[-1].width <= WIDTH + 0.2


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    """Two stretches around the gap, for each of the two lines; hours stand under their slots."""
    took = {"middle": 0.2, "slow": 0.9, "of": 5}
    chart = lines(beats({"took": took}, {"took": took}, {}, {"took": took}))
    assert [(kind, points.count(",")) for kind, points in chart.lines] == [
        ("middle", 2), ("middle", 1), ("slow", 2), ("slow", 1),
    ]  # fmt: skip
    assert [hour.at for hour in chart.hours] == [LEFT]
    assert chart.across[-1].value == 1


def test_nothing_is_told_as_nothing() -> None:
    """Without any figure there is no picture."""
    assert bars(beats({}, {}), OUTCOMES).empty
    assert lines(beats({}, {})).empty
