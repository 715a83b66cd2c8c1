"""The recipe of docs/adapters.md: the files that it shows make an adapter that works as the page says."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
import structlog
from ruamel.yaml import YAML

import lgsp.adapters
from lgsp.adapter import Adapter, Arrival, Tools
from lgsp.adapters import adapter_class
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import VIETNAM, Message
from lgsp.routes import Routes, parse_routes
from lgsp.routing import goes
from lgsp.serving import running
from lgsp.testing.adapter import AdapterContract
from lgsp.wire.http import Http

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"^`(adapters/[^`]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
ADDED = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
KEY = "key-of-the-province"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Write the files that the page shows into a home, where adapters are found."""
    for name, text in SHOWN.findall(PAGE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(lgsp.adapters, "__path__", [str(tmp_path / "adapters")])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("lgsp.adapters.archive")]:
        del sys.modules[name]


class Archive:
    """The archive that the page describes, as an ASGI application."""

    def __init__(self) -> None:
        self.records: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        body = (await receive()).get("body", b"")
        status, said = self._answer(scope["method"], scope["path"], dict(scope["headers"]), body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": orjson.dumps(said)})

    def _answer(self, method: str, path: str, headers: dict[bytes, bytes], body: bytes) -> tuple[int, Any]:
        if headers.get(b"x-key") != KEY.encode():
            return 401, {}
        if method == "GET":
            found = self.records.get(path.removeprefix("/records/"))
            return (404, {}) if found is None else (200, found)
        record = orjson.loads(body)
        if not record["title"]:
            return 422, {"field": "title", "text": "title is empty"}
        self.records[record["code"]] = record
        return 200, {}


@asynccontextmanager
async def connected(archive: Archive, key: str = KEY) -> AsyncIterator[Adapter]:
    """Serve the archive and yield the recipe's adapter to it."""
    async with running(archive) as port:
        cls, http = adapter_class("archive"), Http()
        tools = Tools(http, lambda: datetime.now(VIETNAM), structlog.get_logger())
        yield cls(cls.Config(url=f"http://127.0.0.1:{port}", key=key), tools)
        await http.close()


def message(home: Path, **changed: str) -> Message:
    """Return a message that carries the recipe's sample."""
    data = orjson.loads((home / "adapters/archive/samples/dossier.json").read_bytes()) | changed
    return Message("dossier.v1", data["code"], data["code"], data)


@pytest.mark.usefixtures("home")
class TestTheRecipe(AdapterContract):
    """The page's adapter holds the rules of every adapter."""

    name = "archive"
    settings: ClassVar[dict[str, Any]] = {"url": "http://127.0.0.1:9"}

    def native(self, type_: str, data: dict[str, Any]) -> Any:
        """Write a body as the archive wants it."""
        return importlib.import_module("lgsp.adapters.archive.mapping").record(data)


async def test_the_recipe_sends_what_its_sample_says(home: Path) -> None:
    """What the archive holds in the end is the pair's other half; before it was absent, then it has arrived."""
    archive, told = Archive(), message(home)
    async with connected(archive) as adapter:
        assert await adapter.probe(told) is Arrival.ABSENT
        await adapter.send(told)
        assert await adapter.probe(told) is Arrival.ARRIVED
        assert await adapter.probe(message(home, status="stopped")) is Arrival.UNKNOWN
        await adapter.check()
    sent = orjson.loads((home / "adapters/archive/samples/dossier.sent.json").read_bytes())
    assert archive.records == {told.subject: sent}


async def test_the_recipe_says_what_happened_by_its_errors(home: Path) -> None:
    """A refusal names the field; a wrong key is the system's matter."""
    async with connected(Archive()) as adapter:
        with pytest.raises(Refused) as refused:
            await adapter.send(message(home, subject=""))
    assert refused.value.fields == ["title"]
    async with connected(Archive(), key="another") as adapter:
        with pytest.raises(Unavailable) as away:
            await adapter.send(message(home))
    assert away.value.scope is Scope.SYSTEM


def test_the_recipe_maps_every_status(home: Path) -> None:
    """The mapping that the page shows leaves out no status of the type that it takes."""
    mapping = importlib.import_module("lgsp.adapters.archive.mapping")
    schema = orjson.loads((ROOT / "schemas" / "dossier.v1.json").read_bytes())
    assert set(mapping.STATES) == set(schema["properties"]["status"]["enum"])


def test_the_recipe_is_written_as_our_own_adapters_are(home: Path) -> None:
    """The linter finds nothing in the page's Python."""
    asked = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", ROOT / "pyproject.toml", home]
    told = subprocess.run([str(word) for word in asked], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_the_recipe_s_routes_fit_into_the_packed_home(home: Path) -> None:
    """With the page's lines added to the packed `routes.yaml`, every test in it goes where it says."""
    routes = _with_the_archive()
    example = next(example for example in routes.tests if "archive" in example.goes)
    told = Message(example.type, "", "", {}, source=example.source)
    assert list(goes(routes, told)) == example.goes


def _with_the_archive() -> Routes:
    yaml = YAML()
    packed = yaml.load((ROOT / "routes.yaml").read_text(encoding="utf-8"))
    added = yaml.load(next(iter(ADDED.findall(PAGE))))
    packed["systems"].update(added["systems"])
    packed["routes"] += added["routes"]
    packed["tests"] = added["tests"]
    text = orjson.dumps(_plain(packed)).decode()  # JSON is YAML
    return parse_routes(text)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, list) else node
