"""Every sample's question goes out as it stands there, and every sample's answer is read field for field."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
import structlog
from lgsp.adapters.population_db import PopulationDb, mapping, native
from lgsp.adapters.population_db.answers import Answers
from lgsp.adapters.population_db.reading import Texts

from lgsp.adapter import Tools
from lgsp.formats.fields import Reading
from lgsp.message import VIETNAM, Message
from lgsp.questions import Questions
from lgsp.wire.http import Answer
from lgsp.wire.soap_serving import asked

SAMPLES = Path(__file__).parents[2] / "adapters" / "population_db" / "samples"
PUBLIC = Path(os.environ.get("LGSP_SAMPLES", "nowhere"), "public", "national-portal")
ANSWERS = sorted([*(SAMPLES / "answers").glob("*.xml"), *(SAMPLES / "answers").glob("*.txt")])
QUESTIONS = sorted((SAMPLES / "questions").glob("*.sent.xml"))
REAL = sorted([*PUBLIC.glob("csdldc_congdan*.xml"), *PUBLIC.glob("csdldc_congdan*.txt")])
REAL_JSON = sorted(PUBLIC.glob("csdldc_congdan*.json"))
TYPES = Questions()
NUMBER = UUID("01234567-89ab-cdef-0123-456789abcdef")


def citizen(text: str) -> tuple[dict[str, Any], Mapping[str, Any], Texts]:
    """Return the canonical citizen of a text, the native one, and how the text was read."""
    texts = Texts()
    found, beside = Answers({}).citizen(texts.parts(texts.tree(text)))
    data = mapping.citizen(found, Reading())
    more = mapping.beside(beside)
    return data | ({"extra": data.get("extra", {}) | more} if more else {}), found, texts


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield what is told at which place; what is empty is not told."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from leaves(one, f"{place}/{name}")
    elif value not in (None, "", []):
        yield place, str(value).strip()


class Listener:
    """A far side that keeps what it is sent."""

    body = b""

    async def receive(self, _: str, take: Any, *, body: bytes, **__: Any) -> Answer:
        """Keep it, and answer that it is so."""
        self.body = body
        take(b"<Envelope><Body><KetQua><TonTai>true</TonTai></KetQua><CongDan/></Body></Envelope>")
        return Answer(200, "")


async def sent(data: dict[str, Any], *, verify: bool = False, **config: Any) -> bytes:
    """Return what the adapter sends for a question."""
    far: Any = Listener()
    tools = Tools(far, lambda: datetime.now(VIETNAM), structlog.get_logger())
    settings = PopulationDb.Config.model_validate({"url": "http://127.0.0.1:9", **config})
    type_ = mapping.VERIFICATION if verify else mapping.QUERY
    question = Message(type_, "", "", data, id=NUMBER, asker="canbo.thu")
    service = PopulationDb(settings, tools)._service
    await service.told(service.prepared(question), lambda tree, _: tree)
    return bytes(far.body)


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _question(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(_bytes(path.with_name(path.name.replace(".sent.xml", ".json"))))
    return read


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.name)
def test_an_answer_is_read_as_the_sample_shows(path: Path) -> None:
    """Each answer becomes the canonical citizen beside it, and that fits its schema."""
    data, _, _ = citizen(path.read_text(encoding="utf-8"))
    assert data == orjson.loads(path.with_suffix(".json").read_bytes())
    assert TYPES[mapping.CITIZEN].problems(data) == []


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.name)
async def test_a_question_goes_out_as_the_sample_shows(path: Path) -> None:
    """Each question becomes the envelope beside it: names, order and namespace."""
    data, wanted = _question(path), asked(_bytes(path))
    assert TYPES[mapping.QUERY].problems(data) == []
    said = asked(await sent(data))
    assert (said.operation, said.namespace) == (wanted.operation, wanted.namespace)
    assert list(leaves(said.content)) == list(leaves(wanted.content))


async def test_a_verification_says_its_own_operation_and_code() -> None:
    """The words are the same, `MaTichHop` is another."""
    data = _question(SAMPLES / "questions" / "by-number.sent.xml")
    said = asked(await sent(data, verify=True))
    assert said.operation == "XacThucThongTinCongDan"
    assert said.content["MaTichHop"] == "003"
    assert said.content["HoVaTen"] == "DANGTHIMAUTHU"


@pytest.mark.skipif(not REAL, reason="LGSP_SAMPLES names no folder with public samples")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_public_answer_is_read_field_for_field(path: Path) -> None:
    """Written back, a public sample's answer tells at each place what it told; nothing is in `extra`."""
    data, found, texts = citizen(path.read_text(encoding="utf-8"))
    assert dict(leaves(native.citizen(data))) == dict(leaves(found))
    assert dict(leaves(found))
    assert "extra" not in data
    assert TYPES[mapping.CITIZEN].problems(data) == []
    assert texts.damaged == ("u000a" in path.name)


@pytest.mark.skipif(not REAL_JSON, reason="LGSP_SAMPLES names no folder with public samples")
@pytest.mark.parametrize("path", REAL_JSON, ids=lambda path: path.name)
def test_a_public_citizen_in_json_is_read_field_for_field(path: Path) -> None:
    """What front ends hold is read bare, in a body, and in an envelope with a body."""
    bare = orjson.loads(path.read_bytes())
    for shown in (
        bare,
        {"Body": {"CongdanCollection": {"CongDan": bare}}},
        {"Envelope": {"Body": {"CongdanCollection": {"CongDan": [bare]}}}},
        {"message": orjson.dumps({"Body": {"CongdanCollection": {"CongDan": bare}}}).decode()},
    ):
        data, found, _ = citizen(orjson.dumps(shown).decode())
        assert dict(leaves(native.citizen(data))) == dict(leaves(found)) == dict(leaves(bare))


@pytest.mark.skipif(len(REAL) < 2, reason="LGSP_SAMPLES names no folder with public samples")
def test_a_damaged_public_answer_says_what_the_undamaged_one_says() -> None:
    """The two public answers differ in their line ends and in nothing else."""
    (one, _, first), (other, _, second) = (citizen(path.read_text(encoding="utf-8")) for path in REAL)
    assert one == other
    assert {first.damaged, second.damaged} == {True, False}


@pytest.mark.skipif(not REAL_JSON, reason="LGSP_SAMPLES names no folder with public samples")
async def test_the_json_form_is_what_a_public_client_sends() -> None:
    """Every field of the public request goes out under its name, in its form; the number is one of ours."""
    wanted = orjson.loads(_bytes(PUBLIC / "csdldc_lookup_frontend.request.redacted.json"))
    data = {
        "identity_number": wanted["SoDinhDanh"], "name": "Nguyễn Văn Mẫu", "birth": {"date": "1990-01-01"},
    }  # fmt: skip
    said = orjson.loads(await sent(data, form="json", request_ids="number", officer=wanted["StaffEmail"]))
    assert isinstance(said.pop("MaYeuCau"), type(wanted.pop("MaYeuCau")))
    assert said == wanted


def test_the_two_documents_describe_the_same_service() -> None:
    """What we call, and what systems here call at our façade, has one schema; ours has a header beside it."""
    ours, theirs = (
        (SAMPLES.parent / name).read_text(encoding="utf-8") for name in ("facade.wsdl", "population.wsdl")
    )
    for namespace in ("http://dancuquocgia.bca", "http://www.mic.gov.vn/dancu/1.0"):
        mark = f'<xs:schema targetNamespace="{namespace}"'
        parts = [
            text[text.index(mark) : text.index("</xs:schema>", text.index(mark))] for text in (ours, theirs)
        ]
        assert parts[0] == parts[1]


def test_samples_are_nobody_s() -> None:
    """Numbers in samples of ours begin with the code of no province."""
    texts = [path.read_text(encoding="utf-8") for path in SAMPLES.rglob("*.*")]
    assert texts
    assert not [text for text in texts if "0010" in text or "0260" in text or "0360" in text]
