"""Native dossiers and progress entries for property tests, drawn from the declared tables of fields."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from lgsp.adapters.one_stop.mapping import STATUSES

from lgsp.formats.dossier_sync import MOMENT, WHOLE, dossier_table, progress_table
from lgsp.formats.fields import Field, Table

DOSSIER, PROGRESS = dossier_table(STATUSES), progress_table(STATUSES)

CODES = st.sampled_from(
    ["H44.11-260105-0001", "000.00.11.H44-260105-0001", "H44-260131-12345", "G09.20-20260609-0092637"]
)
_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40).map(
    lambda text: unicodedata.normalize("NFC", text)
)
_TEXT = st.one_of(st.sampled_from(["Nguyễn Thị Đào", "Đề nghị cấp giấy", "H44", "0900000000", "1"]), _WORDS)
# the first hours of the year 1 are no moment in UTC: the door turns them away
_MOMENTS = st.datetimes(min_value=datetime.min + timedelta(days=1)).map(  # noqa: DTZ901 - told without a zone
    lambda moment: f"{moment.year:04}{moment:%m%d%H%M%S}"
)
_STATUSES = st.sampled_from(sorted(STATUSES))
_EMPTY = st.sampled_from([None, ""])
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=6,
)


def _values(field: Field) -> st.SearchStrategy[Any]:
    if field.rows is not None:
        return st.lists(_objects(field.rows), max_size=3)
    if field.required:
        return _MOMENTS if field.form is MOMENT else CODES if field.name == "code" else _STATUSES
    return _said(field) | _EMPTY


def _said(field: Field) -> st.SearchStrategy[Any]:
    if field.form is MOMENT:
        return _MOMENTS
    if field.form is WHOLE:
        return st.integers(-(10**12), 10**12).map(str) | _TEXT
    return _TEXT if field.form is None else st.sampled_from(field.form.asks.split()) | _TEXT


def _objects(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    required = {field.native: _values(field) for field in table.fields if field.required}
    optional = {field.native: _values(field) for field in table.fields if not field.required}
    known = st.fixed_dictionaries(required, optional=optional)
    unknown = st.dictionaries(st.sampled_from(["DuongPho", "MaNoiBo", "GhiChuKhac"]), _JSON, max_size=2)
    return st.builds(lambda one, two: {**one, **two}, known, unknown)


def dossiers() -> st.SearchStrategy[dict[str, Any]]:
    """Return dossiers that may be odd, but break nothing the portal is known to refuse."""
    return _objects(DOSSIER)


def entries() -> st.SearchStrategy[dict[str, Any]]:
    """Return progress entries likewise."""
    return _objects(PROGRESS)


def broken() -> st.SearchStrategy[Any]:
    """Return anything at all in the place of an item: whole items with any value in any field, or no item."""
    names = [field.native for field in (*DOSSIER.fields, *PROGRESS.fields)]
    wild = st.dictionaries(st.sampled_from(names) | _WORDS, _JSON | _TEXT, max_size=8)
    return _JSON | st.builds(lambda item, over: {**item, **over}, dossiers() | entries(), wild)


def told(item: Any) -> Any:
    """Return an item as far as it says anything: without what is null, empty or an empty array."""
    if isinstance(item, dict):
        return {name: told(value) for name, value in item.items() if value not in (None, "", [])}
    return [told(value) for value in item] if isinstance(item, list) else item
