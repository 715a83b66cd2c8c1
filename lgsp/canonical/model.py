"""What every canonical model has in common: strictness, documented fields, and the verbatim rest."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema

Moment = Annotated[AwareDatetime, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A real moment, ISO 8601 with an offset; we write `2026-01-31T08:30:00+07:00`."""


class Canonical(BaseModel):
    """A canonical object: unknown fields are refused; native ones without a field of ours go to `extra`."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def said(  # noqa: PLR0913 - a field's documentation is what this module is for
    title: str,
    meaning: str,
    source: str,
    *,
    personal: str = "",
    required: bool = False,
    json_format: str = "",
    **rules: Any,
) -> Any:
    """Return a documented field.

    Args:
        title: as offices call it, in Vietnamese.
        meaning: what it says, in English.
        source: where it comes from: the portal's field, or a rule.
        personal: its class of personal data.
        required: it identifies, orders or routes.
        json_format: name of a checked format, such as `dossier-code`.
        rules: pydantic's constraints, such as `max_length`.
    """
    marks: dict[str, JsonValue] = {"x-personal": personal} if personal else {}
    if json_format:
        marks["format"] = json_format
    return Field(
        default=... if required else None,
        title=title,
        description=f"{meaning} Source: {source}.",
        json_schema_extra=marks,
        **rules,
    )


def rest() -> Any:
    """Return the field for native fields that were kept as they were written."""
    return said(
        "Trường khác của hệ thống gốc",
        "Native fields without a canonical one, and values that their field cannot say exactly, as written.",
        "whatever the sender wrote",
        personal="unknown",
    )
