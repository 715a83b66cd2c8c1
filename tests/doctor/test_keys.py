"""The doctor says whether what is kept is encrypted, and whether its key file can be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lgsp.doctor.keys import encryption
from lgsp.doctor.verdict import Grade
from lgsp.keyring_file import make_key
from lgsp.settings import Settings, read_settings


@dataclass(slots=True)
class Patient:
    """No more of a patient than this check looks at."""

    settings: Settings


def patient(folder: Path, named: str = "") -> Any:
    """Return the embedded profile in a folder."""
    return Patient(read_settings({"LGSP_STATE": str(folder), "LGSP_KEY_FILE": named}))


@pytest.mark.parametrize(
    ("named", "made", "mode", "grades"),
    [
        ("none", False, 0, [Grade.POOR]),
        ("", False, 0, []),
        ("", True, 0o600, [Grade.WELL]),
        ("", True, 0o644, [Grade.BROKEN]),
        ("/nowhere/keys", False, 0, [Grade.BROKEN]),
    ],
)
async def test_each_state_of_the_key_file_has_its_grade(
    tmp_path: Path, named: str, made: bool, mode: int, grades: list[Grade]
) -> None:
    """Switched off, about to be made, usable, open to others, missing; no key is shown."""
    path = tmp_path / "journal.keys"
    if made:
        make_key(path, "first")
        path.chmod(mode)
    found = await encryption(patient(tmp_path, named))
    assert [one.grade for one in found] == grades
    secrets = [line.split()[1] for line in path.read_text().splitlines()[2:]] if made else ["-----"]
    assert all(secret not in repr(one) for one in found for secret in secrets)
