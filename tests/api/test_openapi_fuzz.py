"""What schemathesis makes of the whole description: no fault of ours, and no answer that is not described."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import requests
import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from lgsp.app import platform
from lgsp.home import packed
from lgsp.routes import parse_routes
from lgsp.serving import running
from lgsp.settings import read_settings
from tests.asgi import call

CHECKED = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance",
)  # fmt: skip
NAMES = "one_stop", "national_portal", "dms", "document_axis", "reporting", "national_reporting"
TOKENS = {name: f"token-of-{name}" for name in NAMES} | {"operator": "token-of-the-operator", "nobody": ""}
EXAMPLES = {"operator": 4, "one_stop": 2, "dms": 1, "reporting": 1, "nobody": 1}
"""How often each operation is asked by whom; what is asked is the same each time."""
CODE = "H44.11-260131-0001"


@dataclass(slots=True, frozen=True)
class Stage:
    """A gateway of the packed home that is served.

    Attributes:
        url: where.
        operations: of its description.
    """

    url: str
    operations: list[Any]


@asynccontextmanager
async def _gateway(folder: str) -> AsyncIterator[str]:
    environment = {"LGSP_STATE": folder, "LGSP_OPERATOR_TOKEN": TOKENS["operator"]}
    environment |= {f"LGSP_TOKEN_{name.upper()}": TOKENS[name] for name in NAMES}
    routes = parse_routes((packed() / "routes.yaml").read_text(encoding="utf-8"))
    async with platform(read_settings(environment), routes) as whole:
        headers = {"Authorization": f"Bearer {TOKENS['operator']}"}
        for system in routes.systems:
            await call(whole.site, "POST", f"/v1/systems/{system}/pause", headers=headers)
        async with running(whole.site) as port:
            yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A gateway in a thread of its own, with a dossier taken on and every system paused."""
    told: dict[str, Any] = {}
    ready = threading.Event()

    async def serve(folder: str) -> None:
        try:
            async with _gateway(folder) as told["url"]:
                told["loop"], told["end"] = asyncio.get_running_loop(), asyncio.Event()
                ready.set()
                await told["end"].wait()
        finally:
            ready.set()

    fast = Path("/dev/shm")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # thousands of lines say nothing here
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
        thread = threading.Thread(target=lambda: asyncio.run(serve(folder)))
        thread.start()
        assert ready.wait(60)
        try:
            _bring(told["url"])
            document = requests.get(f"{told['url']}/openapi.json", timeout=10).json()
            found = schemathesis.openapi.from_dict(document).get_all_operations()
            yield Stage(told["url"], [one.ok() for one in found])
        finally:
            told["loop"].call_soon_threadsafe(told["end"].set)
            thread.join(60)
            structlog.reset_defaults()


def _bring(url: str) -> None:
    item = {"type": "dossier.v1", "data": {"code": CODE, "status": "received"}}
    headers = {"Authorization": f"Bearer {TOKENS['one_stop']}"}
    said = requests.post(f"{url}/v1/systems/one-stop/messages", json=item, headers=headers, timeout=10)
    assert said.status_code == 202, said.text


# the gateway beside us draws its jitter while examples are drawn, which looks like a strategy's own drawing
@pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
@pytest.mark.parametrize("who", EXAMPLES)
@pytest.mark.timeout(300)
def test_whatever_is_asked_the_answer_is_described(stage: Stage, who: str) -> None:
    """By an operator, by systems and by nobody: no 5xx, and no status, content type or body but those described."""
    checks = [CHECKS.get_one(name) for name in CHECKED]
    credential = {"Authorization": f"Bearer {TOKENS[who]}"} if TOKENS[who] else {}
    wrong: dict[str, str] = {}
    session = requests.Session()

    for operation in stage.operations:

        @settings(
            max_examples=EXAMPLES[who], derandomize=True, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(base_url=stage.url, headers=credential, session=session, timeout=30)
            try:
                case.validate_response(answer, checks=checks)
            except BaseExceptionGroup as faults:
                told = "; ".join(str(one).replace("\n", " ") for one in faults.exceptions)
                wrong.setdefault(f"{case.method} {case.path} {answer.status_code}", told[:300])

        ask()
    session.close()
    assert "\n".join(f"{where}: {what}" for where, what in sorted(wrong.items())) == ""


def test_everything_that_the_home_serves_is_described(stage: Stage) -> None:
    """API, health and the façades of every system that has one."""
    described = {operation.path for operation in stage.operations}
    assert len(described) > 100
    for name in ("one-stop", "dms", "reporting"):
        assert any(path.startswith(f"/systems/{name}/") for path in described), name
    assert {"/health/live", "/health/ready"} <= described
