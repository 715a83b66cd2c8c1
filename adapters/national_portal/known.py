"""Reading what the portal's look-up tells of one dossier, beyond that it exists.

That it holds anything at all is attested; what an item holds is not (confidence low). So only names of the
portal's own dossier are read, leniently, and what is not there is not known.
"""

from __future__ import annotations

from typing import Any

from lgsp.adapter import Arrival, Known
from lgsp.domain.codes import dossier_code

from .answers import Outcome, Said
from .mapping import STATUSES

_WORDS = {code: word for word, code in STATUSES.items()}
_CODE, _STATUS = "mahoso", "trangthaihoso"


def read_known(said: Said, code: str) -> Known:
    """Return what an answer tells of a dossier.

    Entries that name another dossier are not counted; one that names none is taken for the one asked for.
    """
    if said.outcome is Outcome.MISSING:
        return Known(Arrival.ABSENT)
    result = (said.envelope or {}).get("result")
    if said.outcome is not Outcome.TAKEN or not isinstance(result, list):
        return Known(Arrival.UNKNOWN)
    if not result:
        return Known(Arrival.ABSENT)
    items = [_lowered(item) for item in result if isinstance(item, dict)]
    own = [item for item in items if _is_of(item, code)]
    statuses = {_WORDS.get(str(item.get(_STATUS, "")).strip(), "") for item in own}
    return Known(Arrival.ARRIVED, statuses.pop() if len(statuses) == 1 else "", max(1, len(own)))


def _lowered(item: dict[str, Any]) -> dict[str, Any]:
    return {str(name).casefold(): value for name, value in item.items()}


def _is_of(item: dict[str, Any], code: str) -> bool:
    named = item.get(_CODE)
    return named is None or _normal(str(named)) == _normal(code)


def _normal(text: str) -> str:
    parsed = dossier_code(text)
    return parsed.normal if parsed is not None else text.strip()
