"""Writing the built-in types as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from lgsp.canonical import ASKED, TYPES


class _Absent(GenerateJsonSchema):
    """Writes an optional field as one that may be absent: nothing canonical is null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schemas() -> dict[str, bytes]:
    """Return the built-in types' schemas: file name to what the file holds."""
    written = [model.model_json_schema(schema_generator=_Absent) for model in (*TYPES, *ASKED)]
    return {f"{schema['$id']}.json": _file(schema) for schema in written}


def _file(schema: dict[str, Any]) -> bytes:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schema["$id"], **schema}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
