"""The OpenAPI document that the gateway serves is whole, and what it shows works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.api.province import BRING, Province


@pytest.fixture
async def document(paused: Province) -> Any:
    """The document as anybody may read it."""
    reply = await paused.nobody.get("/openapi.json")
    assert reply.status == 200
    return orjson.loads(reply.body)


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield each operation under `/v1` and `/health` with its path."""
    for path, verbs in document["paths"].items():
        if path.startswith(("/v1/", "/health/")):
            yield from ((path, operation) for operation in verbs.values())


async def test_every_reference_leads_somewhere(document: Any) -> None:
    """No `$ref` is left hanging."""
    for name in re.findall(r'"\$ref":"#/([^"]+)"', orjson.dumps(document).decode()):
        place = document
        for part in name.split("/"):
            place = place[part]


async def test_every_operation_says_what_it_is(document: Any) -> None:
    """Each has a tag, a summary, its own id, and each parameter of its path."""
    found = list(operations(document))
    assert len(found) > 15
    for path, operation in found:
        assert operation["tags"], path
        assert operation["summary"], path
        declared = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path)), path
    ids = [operation["operationId"] for _, operation in found]
    assert len(ids) == len(set(ids))


async def test_faults_are_shown_as_problem_documents(document: Any) -> None:
    """Each answer of 4xx or 5xx under `/v1` is described, with its media type."""
    for path, operation in operations(document):
        said = {status: one for status, one in operation["responses"].items() if status[0] in "45"}
        assert {"401", "422"} <= set(said) or path.startswith("/health"), path
        if path.startswith("/v1"):
            for status, answer in said.items():
                assert list(answer["content"]) == ["application/problem+json"], (path, status)


@pytest.mark.parametrize("name", ["one", "array"])
async def test_the_examples_are_taken(paused: Province, document: Any, name: str) -> None:
    """Whoever pastes an example of the document brings a message."""
    body = document["paths"]["/v1/systems/{system}/messages"]["post"]["requestBody"]
    example = body["content"]["application/json"]["examples"][name]["value"]
    assert (await paused.one_stop.post(BRING, example)).status == 202
