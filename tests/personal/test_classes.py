"""Every text of every canonical type has a class of personal data, or is named here as impersonal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from lgsp.canonical.schema import schemas
from lgsp.masking import _HINTS
from lgsp.personal_classes import UNKNOWN

CLASSES = {"name", "contact", "identity", "account", "content", "document", "official", UNKNOWN}
IMPERSONAL = {
    "Answered": "agency code id",
    "Attachment": "content_type dataref format id media_type mime_type sha256",
    "Body": "code name",
    "Business": "concerns",
    "BusinessActivity": "code name",
    "CatalogueProperty": "code name type",
    "Charge": "code description unit",
    "Database": "code",
    "DocumentKind": "code detail name",
    "Fee": "code collection name",
    "FileSignature": "digest format issuer organisation reason",
    "LegalBasis": "name number",
    "Listed": "content_type",
    "NamedField": "code name",
    "Officer": "department",
    "Organisation": "code name parent website",
    "OtherPaper": "kind",
    "Paper": "component id replacement_result",
    "PaperCase": "case",
    "Procedure": "code field_code field_name name",
    "Publication": "agency decision decision_id",
    "Receiver": "code",
    "Recipient": "name",
    "RelatedProcedure": "code name",
    "Replaced": "agencies id",
    "Reply": "id",
    "ReportFigure": "agency indicator name unit value",
    "ReportPeriod": "code scheme",
    "RequiredPaper": "code name template url",
    "ResultKind": "code name",
    "ResultPaper": "code component id",
    "Signer": "authority",
    "SplitBy": "breakdown member",
    "Staff": "department department_id",
    "Step": "name",
    "StepCase": "case",
    "Supplement": "id state",
    "Time": "description duration unit",
    "Trace": "code",
    "agency.v1": "code level name",
    "answer.v1": "question",
    "business.query.v1": "code",
    "business.v1": "capital changes code foreign_name founded last_changed name old_registration registry_id"
    " short_name status status_name type_code type_name",
    "catalogue.query.v1": "catalogue",
    "catalogue.v1": "catalogue entries",
    "citizen.query.v1": "procedure",
    "citizen.verification.v1": "procedure",
    "civil-status.query.v1": "agency dossier",
    "document.status.v1": "code key",
    "document.v1": "application circulation id key notation number place tasks",
    "dossier.progress.v1": "code",
    "dossier.v1": "code handling_unit receipt_number",
    "field.v1": "code name sector",
    "procedure.service.v1": "code field name publisher",
    "procedure.v1": "applicants code decided_by description executed_by keywords kind name portal_id"
    " reception_address requirements",
    "question.v1": "field_code id procedure_code status",
    "report.status.v1": "agency code receipt",
    "report.v1": "code form invariants regime",
    "satisfaction.v1": "code month procedure_code question",
}
"""Texts that say nothing of a person: codes, names of bodies, of procedures, of papers that are asked for."""


def _models() -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for file, content in schemas().items():
        schema = orjson.loads(content)
        yield file.removesuffix(".json"), schema, schema
        yield from ((name, part, schema) for name, part in schema.get("$defs", {}).items())


def _may_hold_text(node: Mapping[str, Any]) -> bool:
    if {"enum", "const", "$ref", "anyOf", "properties"} & node.keys():
        return False
    if node.get("type") == "array":
        return _may_hold_text(node.get("items", {}))
    return node.get("type") in (None, "string", "object") and not str(node.get("format", "")).startswith(
        "date"
    )


def _unclassed() -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, model, _ in _models():
        for field, node in model.get("properties", {}).items():
            if _may_hold_text(node) and not node.get("x-personal"):
                found.setdefault(name, set()).add(field)
    return {name: " ".join(sorted(fields)) for name, fields in sorted(found.items())}


def test_a_text_has_a_class_or_is_named_as_impersonal() -> None:
    """Whoever adds a field to a canonical type decides whether it can hold personal data."""
    assert {name: said for name, said in _unclassed().items() if said != IMPERSONAL.get(name, "")} == {}


def test_there_are_no_other_classes() -> None:
    """A class that masking does not know would be shown by its length alone, which may be too little or too much."""
    used = {
        node["x-personal"]
        for _, model, _ in _models()
        for node in model.get("properties", {}).values()
        if node.get("x-personal")
    }
    assert used <= CLASSES
    assert set(_HINTS) <= CLASSES
