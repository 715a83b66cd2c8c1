"""Private servers for the tests that need a real one: missing ones skip, and fail in CI."""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from fastapi import routing

from lgsp.console import front, pages
from lgsp.journal import sqlite
from lgsp.journal.migrating import migrate
from lgsp.testing.servers.postgres import PostgresServer, postgres_folder
from lgsp.testing.servers.rabbitmq import RabbitServer, rabbitmq_folder
from tests.emptied import Emptied
from tests.later import Analysed, Later, remembered

LONGEST = (
    "drill/test_drill",
    "journal/test_postgres",
    "cli/test_roles",
    "broker/test_rabbitmq_faults",
    "demo/test_demo",
    "console/test_reports_browser",
    "console/test_reconciliation_browser",
    "cli/test_run",
    "cli/test_doctor",
    "deploy/test_restore",
    "journal/test_plans",
)
"""What takes longest, and so begins first: a few at a time, nobody waits for it alone at the end."""

CALM = 10_000, 10, 10
"""How seldom Python looks for cycles between tests: gateways that have ended are cycles, and must not pile up."""

SHORT = 32
"""How many bytes still read as a name of a test."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no cycles in what is only being read, and not again and again in what stays to the end.

    Thousands of tests and what they import are a million objects: looking through them was a tenth of the run.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*CALM)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; each keeps the order of its tests."""
    items.sort(key=lambda item: _place(item.nodeid))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a row by its number, not by long bytes: made anew by each process, they need not be the same."""
    return argname if isinstance(val, bytes) and len(val) > SHORT else None


def _place(nodeid: str) -> int:
    places = [n for n, part in enumerate(LONGEST) if nodeid.startswith(f"tests/{part}")]
    return places[0] if places else len(LONGEST)


def _missing(what: str) -> None:
    """Skip for lack of a server; in CI nothing may be left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed; scripts/servers installs it")
    pytest.skip(f"{what} is not installed; scripts/servers installs it")


class Template:
    """Makes the tables of new SQLite journals: by every migration once, then as a copy of what that made.

    A file that is there already goes through the migrations themselves, as do processes that tests start.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        self._making = threading.Lock()

    def migrate(self, url: str) -> None:
        """Do what `migrate` does."""
        path = Path(url.removeprefix("sqlite:///"))
        if not url.startswith("sqlite:///") or (path.exists() and path.stat().st_size):
            migrate(url)
            return
        with self._making:
            if not self._file.exists():
                migrate(f"sqlite:///{self._file}")
        shutil.copyfile(self._file, path)


@pytest.fixture(scope="session", autouse=True)
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Spare each test that opens a journal of its own some thirty migrations, as `database` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "migrate", Template(tmp_path_factory.mktemp("template")).migrate)
        yield


@pytest.fixture(scope="session", autouse=True)
def _pages() -> Iterator[None]:
    """Spare each gateway that shows no page the making of some 150 of them, and others their templates."""
    made, compiled = front.console, pages.Compiled()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front, "console", lambda *given: Later(lambda: made(*given)))
        patch.setattr(pages, "Compiled", lambda: compiled)
        yield


@pytest.fixture(scope="session", autouse=True)
def _endpoints() -> Iterator[None]:
    """Spare each gateway a look at the signatures of some two hundred endpoints that the last one had as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing, "get_dependant", Analysed(routing.get_dependant))
        returned = remembered(routing.get_typed_return_annotation)
        patch.setattr(routing, "get_typed_return_annotation", returned)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Lend a private PostgreSQL server, which ends with the tests."""
    if postgres_folder() is None:
        _missing("postgresql")
    # what the tests hold does not hang on the disk's pace; those that kill the server start their own
    with PostgresServer({"fsync": "off", "full_page_writes": "off"}) as server:
        migrate(server.create("template_lgsp"))
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    """Lend the address of a database of the test's own, with the newest tables in it."""
    name = f"t{secrets.token_hex(6)}"
    postgres.sql(f"CREATE DATABASE {name} TEMPLATE template_lgsp")
    yield postgres.url_of(name)
    postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _emptied(postgres: PostgresServer) -> Iterator[Emptied]:
    found = Emptied(postgres)
    yield found
    found.drop()


@pytest.fixture
def emptied(_emptied: Emptied) -> Iterator[str]:
    """Lend the address of a database like `database`: one that was emptied, which is quicker than a new one."""
    yield _emptied.lend()
    _emptied.take_back()


@pytest.fixture(scope="session")
def rabbit() -> Iterator[RabbitServer]:
    """Lend a private RabbitMQ node, which ends with the tests; those that hurt a node start their own."""
    if rabbitmq_folder() is None:
        _missing("rabbitmq-server")
    with RabbitServer() as server:
        yield server


@pytest.fixture(scope="module")
def mortal() -> Iterator[RabbitServer]:
    """Lend the node behind `victim`, which ends with the tests of a file."""
    if rabbitmq_folder() is None:
        _missing("rabbitmq-server")
    with RabbitServer() as server:
        yield server


@pytest.fixture
def victim(mortal: RabbitServer) -> RabbitServer:
    """Lend a private RabbitMQ node that a test may kill, freeze and starve; it is alive at each start."""
    if not mortal.alive:
        mortal.restart()
    return mortal
