"""JSON Schema files: reading them, and checking a body against one, with its faults as problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from lgsp.domain.codes import FORMS
from lgsp.errors import Problem
from lgsp.message import VIETNAM

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
ASKED = {
    "date-time": "2026-01-31T08:30:00+07:00",
    "dossier-code": "H44.11-260131-0001",
    "agency-code": "H44.11",
    "procedure-code": "1.003897",
}
_RULES = {
    "type": ("wrong-type", "types"),
    "enum": ("not-one-of", "options"),
    "maxLength": ("too-long", "limit"),
    "pattern": ("bad-format", "pattern"),
}
"""A keyword of JSON Schema: the problem's code, and where the validator keeps what the rule asks for."""
_FAULTS = {"date-time": "bad-date"} | {f"{of}-code": "bad-code" for of in ("dossier", "agency", "procedure")}


class Form:
    """A JSON Schema 2020-12 that bodies are checked against; safe from any task.

    Args:
        schema: as it was read. Formats of ours, such as `dossier-code`, are checked.

    Raises:
        ValueError: it is none; the text says why, on one line.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        try:
            self._validator = jsonschema_rs.Draft202012Validator(
                dict(schema), formats=_FORMATS, validate_formats=True, offline=True
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as fault:
            raise ValueError(str(fault).splitlines()[0]) from fault

    def problems(self, data: object) -> list[Problem]:
        """Return every fault of a body; places are JSON pointers into it, details never hold its values."""
        if self._validator.is_valid(data):
            return []
        return [problem for fault in self._validator.iter_errors(data) for problem in _problems(fault)]


def schema_files(places: Sequence[Path]) -> list[Path]:
    """Return the schema files of some folders; of those of one name the first."""
    found: dict[str, Path] = {}
    for place in places:
        for path in sorted(place.glob("*.json")):
            found.setdefault(path.name, path)
    return list(found.values())


def read_schema(path: Path, faults: list[str]) -> dict[str, Any] | None:
    """Return a schema with an `x-lgsp` object, or None and say among the faults what is wrong."""
    try:
        schema = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as fault:
        faults.append(f"{path}:{fault.lineno}: not JSON ({fault.msg}); mend the file")
        return None
    if not isinstance(schema, dict) or not isinstance(schema.get("x-lgsp"), dict):
        faults.append(f"{path}:1: no `x-lgsp` object; add one with kind, subject and form")
        return None
    return schema


def form_of(path: Path, schema: Mapping[str, Any], faults: list[str]) -> Form | None:
    """Return what checks bodies against a schema that was read from a file, or add what is wrong with it."""
    try:
        return Form(schema)
    except ValueError as fault:
        faults.append(f"{path}:1: no JSON Schema 2020-12 ({fault}); mend the file")
        return None


def _problems(fault: jsonschema_rs.ValidationError) -> list[Problem]:
    """Return a validator's fault as problems; the detail is the rule, never the value."""
    place = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in fault.instance_path)
    keyword, rule = fault.kind.name, fault.kind.as_dict()
    if keyword == "required":
        return [Problem(f"{place}/{rule['property']}", "missing")]
    if keyword == "additionalProperties":
        return [Problem(f"{place}/{name[:100]}", "unknown-field") for name in rule["unexpected"]]
    if keyword == "format":
        name = rule["format"]
        return [Problem(place, _FAULTS.get(name, "bad-format"), ASKED.get(name, name))]
    code, detail = _RULES.get(keyword, ("rule-broken", ""))
    return [Problem(place, code, _detail(rule[detail]) if detail else keyword)]


def _detail(asked: object) -> str:
    return " ".join(map(str, asked)) if isinstance(asked, list) else str(asked)


@lru_cache(4096)
def is_moment(text: str) -> bool:
    """Tell whether a text is a real moment with an offset that can be said in Viet Nam time."""
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return False
    return True


def _has(form: Callable[[str], str | None]) -> Callable[[str], bool]:
    return lambda text: form(text) is not None


_FORMATS = {"date-time": is_moment} | {name: _has(form) for name, form in FORMS.items()}
