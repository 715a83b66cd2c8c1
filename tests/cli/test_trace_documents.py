"""`lgsp trace` of a document: by id or number, each receiver's state, who set it, and what is awaited."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cli.processes import environment, run, serving

Command = Callable[..., Any]
KEY = "H44.11,2026/03/05,15/STP-VP"
ADAPTER = '''"""A system of documents that takes whatever comes."""

from lgsp import adapter


class Letters(adapter.Adapter):
    """Brings and takes documents and statuses."""

    brings = takes = frozenset({"document.v1", "document.status.v1"})

    async def send(self, message):
        """Take it."""
        return adapter.Receipt()
'''
ROUTES = """
systems:
  office: {adapter: letters}
  far: {adapter: letters}
routes:
  - {name: out, from: office, type: document.v1, to: [far]}
  - {name: back, from: far, type: document.status.v1, to: [office]}
"""
DOCUMENT = {
    "key": KEY, "id": KEY, "act": "new", "number": "15", "notation": "STP-VP", "promulgated_on": "2026-03-05",
    "subject": "V/v thử nghiệm", "sender": {"code": "H44.11", "name": "Sở Tư pháp"},
    "recipients": [{"code": "H44.12", "name": "Sở Y tế"}, {"code": "H44.13", "name": "Sở Nội vụ"}],
}  # fmt: skip
STATUS = {
    "key": KEY, "code": "03", "status": "received", "sender": {"code": "H44.12"},
    "about": {"id": KEY, "agency": "H44.11"}, "staff": {"name": "Trần Thị B", "department": "Văn thư"},
    "at": "2026-03-05T09:00:00+07:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A gateway between an office and the far side, with one document and one status of it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "adapters" / "letters").mkdir(parents=True)
    (folder / "adapters" / "letters" / "__init__.py").write_text(ADAPTER, encoding="utf-8")
    (folder / "routes.yaml").write_text(ROUTES, encoding="utf-8")
    env = environment(folder / "state", LGSP_HOME=str(folder))
    env |= {"LGSP_TOKEN_OFFICE": "office's", "LGSP_TOKEN_FAR": "far's"}
    with serving(env, "run"), pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        for source, type_, data in (
            ("office", "document.v1", DOCUMENT),
            ("far", "document.status.v1", STATUS),
            ("office", "document.v1", DOCUMENT | {"act": "recall"}),
        ):
            told = folder / "told.json"
            told.write_text(json.dumps({"type": type_, "data": data}), encoding="utf-8")
            sent = run("send", str(told), "--from", source, "--canonical")
            assert sent.exit_code == 0, sent.output
        yield env


@pytest.fixture
def lgsp(served: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command in this process, as an operator."""
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    return run


@pytest.mark.parametrize("what", [KEY, "15/STP-VP", "15/stp-vp"])
def test_a_document_is_traced_by_id_and_by_number(lgsp: Command, what: str) -> None:
    """The whole course stands in the one JSON document; its steps are left out unless they are asked for."""
    exit_code, told = lgsp("trace", what, document=True)
    assert exit_code == 0
    assert told["messages"] == []
    (document,) = told["documents"]
    assert document["key"] == KEY
    assert [one["code"] for one in document["receivers"]] == ["H44.12", "H44.13"]
    assert document["receivers"][0]["status"]["staff"]["name"].endswith("T.T.B›")  # masked: a person looks
    assert document["changes"][0]["unanswered"] == 2


def test_people_read_it_in_vietnamese_first(lgsp: Command) -> None:
    """Receiver, state, officer, what is awaited, and the recall with who has not answered."""
    told = lgsp("trace", "15/STP-VP").stdout
    for words in (
        "15/STP-VP", "năm 2026", "Sở Tư pháp (H44.11)", "Sở Y tế (H44.12)",
        "03 đã tiếp nhận (received)", "T.T.B›, Văn thư", "Thu hồi (recall)", "2 chưa trả lời",
    ):  # fmt: skip
        assert words in " ".join(told.split()), words


def test_the_steps_of_a_document_are_shown_on_demand(lgsp: Command) -> None:
    """With --full the walks of its messages stand below; a message's own id leads to its walk alone."""
    (walk,) = lgsp("trace", KEY, "--full", document=True)[1]["messages"]
    assert walk["type"] == "document.v1"
    by_id = lgsp("trace", walk["id"], document=True)[1]
    assert (by_id["documents"], [one["id"] for one in by_id["messages"]]) == ([], [walk["id"]])


def test_the_issuer_narrows_it(lgsp: Command) -> None:
    """With the body that issued it, in either form; with another one nothing is found, and that is said."""
    assert lgsp("trace", "15/STP-VP", "--agency", "H44.11").exit_code == 0
    missing = lgsp("trace", "15/STP-VP", "--agency", "G22")
    assert missing.exit_code == 1
    assert "không tìm thấy" in missing.stderr
