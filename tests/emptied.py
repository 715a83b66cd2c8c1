"""A PostgreSQL database that many tests have one after the other, each as new: emptied instead of made again."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from lgsp.testing.servers.postgres import PostgresServer

_FEW = 65536
"""Bytes of a table below which its rows are taken out one by one: a new file for it takes longer."""

_TABLES = (
    "SELECT string_agg(quote_ident(relname), ',' ORDER BY relname) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
)
_OURS = (
    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'public'::regnamespace"
)
_SHAPE = f"""SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull), ','
        ORDER BY c.relname, a.attnum)
        {_OURS} WHERE a.attnum > 0),
    (SELECT string_agg(concat_ws(' ', conname, pg_get_constraintdef(oid)), ','
        ORDER BY conname, conrelid::regclass::text) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace),
    (SELECT string_agg(indexdef, ',' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public'),
    (SELECT string_agg(tgname || tgenabled::text, ',' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal),
    (SELECT string_agg(prosrc, ',' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
    (SELECT string_agg(setconfig::text, ',') FROM pg_db_role_setting)))"""
_SEQUENCES = (
    "SELECT string_agg(format('PERFORM setval(%L, %s, %L);', schemaname || '.' || sequencename,"
    " coalesce(last_value, start_value), last_value IS NOT NULL), ' ' ORDER BY sequencename) FROM pg_sequences"
)


class Line:
    """A connection that stays, in a thread of its own: each new one would learn all tables of the server anew."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1)
        self._loop = self._thread.submit(asyncio.Runner).result()
        self._connection: asyncpg.Connection | None = None

    def ask(self, question: str) -> str:
        """Return the one value that a statement answers, in a new connection if the last one was cut."""
        try:
            return self._run(self._asked(question))
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError, OSError):
            self._connection = None
            return self._run(self._asked(question))

    def close(self) -> None:
        """Let go of the server and of the thread."""
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self._run(self._closed())
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def _run(self, act: Coroutine[Any, Any, str]) -> str:
        return self._thread.submit(self._loop.run, act).result(timeout=60)

    async def _asked(self, question: str) -> str:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._url, server_settings={"jit": "off"})
        if question.startswith("DO"):
            return str(await self._connection.execute(question))
        return str(await self._connection.fetchval(question) or "")

    async def _closed(self) -> str:
        if self._connection is not None:
            await self._connection.close(timeout=5)
        return ""


@dataclass(slots=True)
class Emptied:
    """Lends a database, and takes it back.

    What is not as it was made, after all that a test wrote was taken out, is thrown away for a new one: a
    test may change tables as well.
    """

    server: PostgresServer
    name: str = ""
    emptying: str = ""
    shape: str = ""
    line: Line | None = None

    def lend(self) -> str:
        """Return the address of a database with the newest tables in it, and nothing of another test."""
        if not self.name:
            self.name = f"t{secrets.token_hex(6)}"
            self.server.sql(f"CREATE DATABASE {self.name} TEMPLATE template_lgsp")
            self.line = Line(self.server.url_of(self.name))
        if not self.emptying:
            self.shape, self.emptying = self._asked(_SHAPE), self._script()
        return self.server.url_of(self.name)

    def take_back(self) -> None:
        """End who is connected still, and take out what was written."""
        self._asked(self.emptying)
        if self._asked(_SHAPE) != self.shape:
            self.drop()

    def drop(self) -> None:
        """Throw the database away."""
        if self.line is not None:
            self.line.close()
            self.line = None
        if self.name:
            self.server.sql(f"DROP DATABASE {self.name} WITH (FORCE)")
            self.name = ""

    def _asked(self, question: str) -> str:
        assert self.line is not None
        return self.line.ask(question)

    def _script(self) -> str:
        """Return what empties each table, puts back what it was made with, and sets counters back."""
        tables = self._asked(_TABLES).split(",")
        made = [(table, rows) for table in tables if (rows := self._asked(_rows_of(table)))]
        kept = "".join(
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE"
            f" SELECT * FROM json_populate_recordset(NULL::{table}, $rows${rows}$rows$);"
            for table, rows in made
        )
        known = ",".join(f"'{table}'" for table in tables)
        return f"""DO $emptying$ DECLARE one name; filled bool; BEGIN
            SET LOCAL session_replication_role = replica;  -- entries are for ever, but not those of another test
            PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid();
            FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
                    AND relkind IN ('r', 'p') AND relname <> ALL (ARRAY[{known}]) LOOP
                EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', one);
            END LOOP;
            FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
                    AND relkind = 'r' LOOP
                EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO filled;
                IF filled AND pg_relation_size(quote_ident(one)::regclass) < {_FEW} THEN
                    EXECUTE format('DELETE FROM %I', one);
                ELSIF filled THEN
                    EXECUTE format('TRUNCATE %I CASCADE', one);
                END IF;
            END LOOP;
            {kept} {self._asked(_SEQUENCES)}
        END $emptying$;"""


def _rows_of(table: str) -> str:
    return f"SELECT json_agg(one) FROM {table} one"
