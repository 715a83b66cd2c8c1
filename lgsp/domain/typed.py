"""What somebody means who types into one box: an id, a code, number and notation, or an agency."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lgsp.domain.codes import Form, dossier_code, read_agency
from lgsp.message import nfc

_AGENCIES = frozenset({Form.NEW, Form.OLD, Form.OLD_SHORT})
_NOTATION = re.compile(r"\S+\s*/\s*\S+")
_WORDS = re.compile(r"[^\W\d_]+(?:[\s,.-]+[^\W\d_]+)+")


class Meant(StrEnum):
    """As what a text was read."""

    ID = "id"
    DOSSIER = "dossier"
    DOCUMENT = "document"
    NOTATION = "notation"
    AGENCY = "agency"
    NAME = "name"
    CODE = "code"


class Typed(NamedTuple):
    """What was typed, and what it was read as; `text` is composed, and without space around it."""

    meant: Meant
    text: str


def read_typed(text: str) -> Typed:
    """Return what a text most likely means. Whatever has no form that is known is a code as it is written.

    Two or more words without a digit are the name of an agency; a text with a slash in it is number and
    notation (`15/UBND-VP`); one with a comma behind an agency's code is a document's id.
    """
    text = nfc(text).strip()
    return Typed(_meant(text), text)


def _meant(text: str) -> Meant:
    if _is_id(text):
        return Meant.ID
    if dossier_code(text) is not None:
        return Meant.DOSSIER
    agency, comma, _ = text.partition(",")
    if comma and read_agency(agency).form is not Form.OPAQUE:
        return Meant.DOCUMENT
    if read_agency(text).form in _AGENCIES:
        return Meant.AGENCY
    if _NOTATION.fullmatch(text):
        return Meant.NOTATION
    return Meant.NAME if _WORDS.fullmatch(text) else Meant.CODE


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
