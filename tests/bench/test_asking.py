"""What is measured of questions: good ones, each about somebody else, put to a far side that counts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import uvloop

from lgsp.bench.answering import PURPOSE, TYPE, answering
from lgsp.bench.asking import Asking, question
from lgsp.bench.rig import Plan, rig
from lgsp.home import packed
from lgsp.questions import Questions
from lgsp.routes import parse_routes

PLAIN = (
    "systems:\n  one-stop: {adapter: one_stop}\nroutes:\n  - {name: a, type: dossier.v1, to: [one-stop]}\n"
)


def test_the_questions_that_are_put_are_good_ones() -> None:
    """What is measured is an answer, not a rejection; each number is another question."""
    said = orjson.loads(question(7))
    assert Questions()[said["type"]].problems(said["data"]) == []
    assert (said["type"], said["purpose"]) == (TYPE, PURPOSE)
    assert len({question(n) for n in range(100)}) == 100


@pytest.mark.parametrize("text", [PLAIN, (packed() / "routes.yaml").read_text(encoding="utf-8")])
def test_a_home_is_given_a_system_that_answers(tmp_path: Path, text: str) -> None:
    """Before every other route of the type; the rest of the home stays, and its adapter is put beside it."""
    before, after = parse_routes(text), parse_routes(answering(tmp_path, text, 9100))
    assert set(after.systems) - set(before.systems) == {"bench-citizens"}
    assert after.systems["bench-citizens"].config == {"url": "http://127.0.0.1:9100/lookup"}
    first = next(one for one in after.routes if one.type == TYPE)
    assert first.to == ["bench-citizens"]
    assert PURPOSE in [one.code for one in after.purposes]
    assert len(after.routes) == len(before.routes) + 1
    assert (tmp_path / "adapters" / "bench_citizens" / "__init__.py").is_file()


@pytest.mark.slow
def test_what_is_asked_again_the_far_side_hears_once() -> None:
    """Against a real gateway and sink; and every figure is of an answer that came."""

    async def measured() -> dict[str, Any]:
        with rig(Plan(pinned=False, answering=True)) as made:
            asking = Asking(made, 0.3)
            try:
                return await asking.overhead() | await asking.again()
            finally:
                await asking.close()
                await made.http.close()

    figures = uvloop.run(measured())
    assert (figures["again"], figures["again_heard"]) == (1000, 1)
    assert figures["asks"] >= 170
    assert figures["ask_ms_p50"] > figures["direct_ms_p50"] > 0
