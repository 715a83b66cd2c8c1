"""What offices and vendors are told of reporting is what the platform does."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.domain.causes_handed_in import ROWS

TEXT = (Path(__file__).parents[2] / "docs" / "reporting.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("cause", ROWS, ids=lambda cause: cause.code)
def test_every_fault_and_finding_is_listed(cause: object) -> None:
    """With what it means, and what mends it where somebody has to act."""
    code, mend, vi = (getattr(cause, name) for name in ("code", "mend_vi", "vi"))
    (line,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{code}` |")]
    said = vi.replace("{place}: ", "").replace("{place}", "…").replace("{detail}", "…")
    assert said in line
    assert mend in line or line.count("|") == 3
