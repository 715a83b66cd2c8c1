"""Private servers for the tests that need a real one: missing ones skip, and fail in CI."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest

from lgsp.journal.migrating import migrate
from lgsp.testing.servers.postgres import PostgresServer, postgres_folder


def _missing(what: str) -> None:
    """Skip for lack of a server; in CI nothing may be left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed; scripts/servers installs it")
    pytest.skip(f"{what} is not installed; scripts/servers installs it")


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
