"""Every sample of the integration platform: what is asked, what comes back, and what that becomes, field by field."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp.adapters import ngsp
from lgsp.errors import Refused, Unavailable
from lgsp.wire.http import Answer
from tests.ngsp_side import Canned, adapter_of, entries, question, told

SAMPLES = Path(str(ngsp.__file__)).parent / "samples"
NAMES = sorted(path.name.partition(".")[0] for path in SAMPLES.glob("*.question.json"))
PUBLIC = Path(os.environ.get("LGSP_SAMPLES", "")) / "public" / "national-portal"
public = pytest.mark.skipif("LGSP_SAMPLES" not in os.environ, reason="LGSP_SAMPLES is not set")


def _json(name: str) -> Any:
    return orjson.loads((SAMPLES / name).read_bytes())


def _answer(path: Path) -> Answer:
    kind = mimetypes.guess_type(path.name)[0] if path.suffix != ".txt" else ""
    return Answer(200, path.read_text("utf-8"), kind or "")


def _of(name: str) -> Path:
    (path,) = SAMPLES.glob(f"{name}.answer.*")
    return path


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_asked_goes_out_as_the_samples_show(name: str) -> None:
    """Method, path, query and body of each question, whatever comes back."""
    said = _json(f"{name}.question.json")
    http = Canned(_answer(_of(name)))
    try:
        await adapter_of(http).ask(question(said["type"], said["data"]))
    except (Refused, Unavailable):
        assert (SAMPLES / f"{name}.error.json").exists()
    assert http.asked == [_json(f"{name}.request.json")]


@pytest.mark.parametrize("name", [name for name in NAMES if (SAMPLES / f"{name}.told.json").exists()])
async def test_what_comes_back_is_read_as_the_samples_show(name: str) -> None:
    """Each field of an answer is one of ours, or stands in `extra` as it was written; nothing is lost."""
    said = _json(f"{name}.question.json")
    adapter = adapter_of(Canned(_answer(_of(name))))
    assert await told(adapter, question(said["type"], said["data"])) == _json(f"{name}.told.json")


@pytest.mark.parametrize("name", [name for name in NAMES if (SAMPLES / f"{name}.error.json").exists()])
async def test_what_is_no_answer_is_told_by_its_cause(name: str) -> None:
    """An error that stands in an answer of HTTP 200 is the error that it is."""
    said, wanted = _json(f"{name}.question.json"), _json(f"{name}.error.json")
    with pytest.raises((Refused, Unavailable)) as fault:
        await adapter_of(Canned(_answer(_of(name)))).ask(question(said["type"], said["data"]))
    assert (type(fault.value).__name__, fault.value.cause) == (wanted["raises"], wanted["cause"])
    assert fault.value.said == wanted.get("said", "")
    assert getattr(fault.value, "fields", []) == wanted.get("fields", [])


def test_every_sample_is_whole() -> None:
    """Question, request and answer stand together, with what becomes of it: one or the other."""
    assert len(NAMES) >= 20
    for name in NAMES:
        assert (SAMPLES / f"{name}.request.json").exists()
        assert _of(name).exists()
        endings = [(SAMPLES / f"{name}.{ending}.json").exists() for ending in ("told", "error")]
        assert sorted(endings) == [False, True], name


# --- samples that were published by others --------------------------------------------------------------


@public
async def test_the_public_catalogue_is_read_field_for_field() -> None:
    """Of `Category/qlvanbandieuhanhcap1`: each name with its text; what is null is left out."""
    path = PUBLIC / "ngsp_dmdc_category_qlvanbandieuhanhcap1.get_response_and_post_request.json"
    data = await told(adapter_of(Canned(_answer(path))), entries("qlvanbandieuhanhcap1"))
    rows = orjson.loads(path.read_bytes())
    assert data["entries"] == [{n: v for n, v in row.items() if v is not None} for row in rows]
    assert len(data["entries"][0]) == 5


@public
async def test_the_public_properties_are_read_field_for_field() -> None:
    """Of `Metadata/qlvanbandieuhanhcap1`: code, name and type of each property, in order."""
    path = PUBLIC / "ngsp_dmdc_metadata_qlvanbandieuhanhcap1.response.json"
    asked = question("catalogue.query.v1", {"catalogue": "qlvanbandieuhanhcap1", "part": "properties"})
    data = await told(adapter_of(Canned(_answer(path))), asked)
    names = {"code": "PropertyCode", "name": "PropertyName", "type": "PropertyType"}
    rows = orjson.loads(path.read_bytes())
    assert data["properties"] == [{ours: row[theirs] for ours, theirs in names.items()} for row in rows]


@public
def test_the_public_word_of_success_is_read() -> None:
    """`MSG` and `Count`: what HTTP 200 alone does not say."""
    path = PUBLIC / "ngsp_dmdc_category_post.response_ok.json"
    said = ngsp.catalogue.notice(ngsp.calling.trees.read(path.read_text("utf-8")))
    assert said is not None
    assert (said.text, said.count, said.fine) == ("Done", 1, True)


@public
async def test_the_guide_s_own_invalid_json_is_not_repaired() -> None:
    """It is a fault of its own, which says form and size, and nothing of what stood there."""
    path = PUBLIC / "ngsp_dmdc_category_post.response_duplicate.INVALID_JSON.txt"
    with pytest.raises(Unavailable) as fault:
        await adapter_of(Canned(_answer(path))).ask(entries())
    assert fault.value.cause == "ngsp-answer-unreadable"
    assert "000.00.00" not in fault.value.said
    assert fault.value.answer
