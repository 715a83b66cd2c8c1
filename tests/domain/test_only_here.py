"""Who is what on which day is data with dates and sources: nobody outside the domain decides by a name or code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lgsp.domain.agencies.facts import Fact
from lgsp.domain.agencies.known import claims

LGSP = Path(__file__).parents[2] / "lgsp"
STAND_INS = {"sandbox", "demo", "bench", "drill", "testing"}
"""Parts that play a province instead of serving one."""


def _said() -> Iterator[tuple[str, str]]:
    for path in LGSP.rglob("*.py"):
        where = path.relative_to(LGSP)
        if where.parts[0] in {"domain", *STAND_INS}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield str(where), node.value


def test_only_the_domain_knows_a_province() -> None:
    """Neither the name of a body that the register knows nor a bare code of one stands elsewhere."""
    names = {claim.name for claim in claims() if isinstance(claim, Fact)}
    said = list(_said())
    known = [(where, text) for where, text in said if text in names or re.fullmatch(r"[A-K]\d\d", text)]
    assert len(names) > 90
    assert len(said) > 5000
    assert known == []
