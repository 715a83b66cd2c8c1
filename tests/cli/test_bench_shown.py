"""`lgsp bench` shows whatever was measured, figures of several stretches too."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from lgsp.bench import command
from lgsp.cli import app


def test_figures_of_several_stretches_are_shown_by_the_least_and_the_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What took minutes to measure is not lost at the last line."""
    told = {"walk_per_s": 612, "ratios": [1.25, 0.5, 0.75], "none": []}
    monkeypatch.setattr(command, "measure", lambda *_: told)
    shown = CliRunner().invoke(app, ["bench"])
    assert shown.exit_code == 0, shown.output
    assert "612" in shown.output
    assert "0,5 … 1,2" in shown.output
