"""A measurement measures the gateway, not itself."""

from __future__ import annotations

import re

import orjson
import pytest
import uvloop

from lgsp.bench.load import Load
from lgsp.bench.rig import Plan, equal, rig
from lgsp.bench.stages import Measurement, dossier
from lgsp.home import packed
from lgsp.schemas import Types


def test_the_dossiers_that_are_posted_are_valid_and_about_three_kilobytes() -> None:
    """What is measured is the acceptance of good dossiers of the size that real ones have."""
    said = orjson.loads(dossier(7))
    assert Types().check(said["type"], said["data"]) == []
    assert 2_500 < len(dossier(7)) < 3_500


def test_each_number_is_another_dossier() -> None:
    """Repeats would be known at the door and cost less."""
    assert len({dossier(n) for n in range(100)}) == 100
    assert orjson.loads(dossier(42))["data"]["code"].endswith("-00000042")


def test_percentiles_are_of_what_was_answered() -> None:
    """A share of the answers was at least as quick as the figure says."""
    load = Load(count=4, seconds=2.0, millis=[4.0, 1.0, 3.0, 2.0])
    assert (load.per_second, load.percentile(0.5), load.percentile(0.99)) == (2.0, 3.0, 4.0)
    assert Load().per_second == 0.0


def test_what_goes_to_one_system_has_as_many_sends_at_a_time_as_what_goes_to_another() -> None:
    """Documents and dossiers are compared by what they cost, not by what the packed home grants their systems."""
    home = (packed() / "routes.yaml").read_text(encoding="utf-8")
    said = [int(number) for number in re.findall(r"concurrency: (\d+)", home)]
    assert len(set(said)) > 1
    assert re.findall(r"concurrency: (\d+)", equal(home)) == [str(max(said))] * len(said)
    assert re.findall(r"concurrency: (\d+)", equal(home, 9)) == ["9"] * len(said)
    assert equal("concurrency: 4 # of 8") == "concurrency: 4 # of 8"


@pytest.mark.slow
def test_every_stage_counts_what_reached_the_far_side() -> None:
    """Accept, drain and walk against a real gateway and sink: all that was taken on arrives there."""

    async def measured() -> tuple[dict[str, float], int, int]:
        with rig(Plan(pinned=False)) as made:
            measurement = Measurement(made, 0.3)
            try:
                floor = await measurement.floor()
                at_first = await made.taken()
                figures = floor | await measurement.accept() | await measurement.walk()
                return figures, at_first, await made.taken()
            finally:
                await made.http.close()

    figures, at_first, at_last = uvloop.run(measured())
    assert at_last > at_first
    assert all(figures[name] > 0 for name in ("floor_per_s", "accept_per_s", "drain_per_s", "walk_per_s"))
