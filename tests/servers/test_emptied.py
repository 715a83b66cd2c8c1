"""A database that is lent to one test after the other is to each as if it were new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lgsp.testing.servers.postgres import PostgresServer
from tests.emptied import Emptied

WRITTEN = """INSERT INTO names (id, at, who, system, signature, code)
    SELECT nextval('names_ids'), 1, 'an', 'portal', repeat('x', 40) || n, 'c' FROM generate_series(1, {}) n"""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = ANY ({})"
RELATIONS = "ARRAY['r', 'p']"


@pytest.fixture(scope="module")
def one(postgres: PostgresServer) -> Iterator[Emptied]:
    """A lender of its own: what is broken here is nobody else's."""
    found = Emptied(postgres)
    yield found
    found.drop()


@pytest.fixture
def lender(one: Emptied) -> Emptied:
    """One that has lent its database."""
    one.lend()
    return one


def _tables(lender: Emptied, kinds: str = RELATIONS) -> list[str]:
    return sorted(lender.server.sql(TABLES.format(kinds), lender.name).splitlines())


def _holds(lender: Emptied) -> list[str]:
    """Return all that stands in the database, and all that it counts."""
    each = [f"SELECT '{name}' || one::text FROM {name} one" for name in _tables(lender, "ARRAY['r']")]
    each += [
        f"SELECT '{name}' || last_value || is_called FROM {name}" for name in _tables(lender, "ARRAY['S']")
    ]
    return sorted(lender.server.sql(" UNION ALL ".join(each), lender.name).splitlines())


@pytest.mark.parametrize("rows", [3, 3000], ids=["a few rows", "many rows"])
def test_nothing_of_another_test_is_left(lender: Emptied, rows: int) -> None:
    """Rows are taken out one by one or all at once, counters begin anew, and what it was made with stays."""
    name, first = lender.name, _holds(lender)
    lender.server.sql(WRITTEN.format(rows), name)
    lender.server.sql("DELETE FROM meta", name)
    assert _holds(lender) != first
    lender.take_back()
    assert (lender.name, _holds(lender)) == (name, first)


def test_what_nobody_may_take_out_goes_with_its_test(lender: Emptied) -> None:
    """A guard against taking rows out stops no emptying; one of the test's own is a change of the tables."""
    lender.server.sql(
        "CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never'; END $$;"
        " CREATE TRIGGER kept BEFORE DELETE ON names FOR EACH ROW EXECUTE FUNCTION never()",
        lender.name,
    )
    lender.server.sql(WRITTEN.format(1), lender.name)
    lender.take_back()
    assert lender.name == ""


def test_a_database_whose_tables_were_changed_is_lent_to_nobody(lender: Emptied) -> None:
    """An index less, and the next test would look at other tables than those of the migrations."""
    name = lender.name
    index = lender.server.sql(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint) ORDER BY 1 LIMIT 1",
        name,
    )
    lender.server.sql(f"DROP INDEX {index}", name)
    lender.take_back()
    lender.lend()
    assert lender.name != name
    assert index in lender.server.sql("SELECT indexname FROM pg_indexes", lender.name).splitlines()


def test_a_table_of_a_test_goes_with_it(lender: Emptied) -> None:
    """A partition that a test made does not stay, and costs no new database."""
    name, tables = lender.name, _tables(lender)
    lender.server.sql("CREATE TABLE other (n int); INSERT INTO other VALUES (1)", name)
    lender.take_back()
    assert (lender.name, _tables(lender)) == (name, tables)


def test_whoever_cuts_all_connections_cuts_the_lender_s_as_well(lender: Emptied) -> None:
    """It connects again: a test may play a server that was away."""
    first = _holds(lender)
    lender.server.sql(WRITTEN.format(1), lender.name)
    lender.server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    lender.take_back()
    assert _holds(lender) == first
