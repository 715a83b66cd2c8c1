"""The threat model names tests that are there, and no threat without one."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.shape import ROOT

DOCUMENT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT)))


@cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_named_test_exists(path: str) -> None:
    """A test that was renamed or taken away leaves no threat that only seems to be held."""
    assert (ROOT / path).is_file()
    assert {name for where, name in NAMED if where == path} <= _tests(path)


def test_every_threat_names_a_test() -> None:
    """Each row of the tables of threats ends with at least one, and nothing in them is only meant."""
    part = DOCUMENT.partition("## Threats")[2].partition("## Settings")[0]
    rows = [line for line in part.splitlines() if line.startswith("| ") and not line.startswith("| threat |")]
    assert len(rows) > 30
    assert [row for row in rows if "::test_" not in row.rsplit("|", 2)[1]] == []
    assert len(re.findall(r"`tests/", DOCUMENT)) == len(re.findall(r"`tests/[\w/]+\.py::\w+`", DOCUMENT))
