"""The doctor's checks: each says what is wrong with its part, who mends it and how, and nothing else."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lgsp.broker.standing import BrokerFault
from lgsp.doctor import counterparts, household, queues, records
from lgsp.doctor.examining import CHECKS, examine
from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Grade, Mender, Verdict
from lgsp.errors import GatewayError, Scope, Unavailable
from lgsp.home import packed
from lgsp.journal import acting, examining
from lgsp.journal.contract import JournalError
from lgsp.journal.examining import Server, Standby
from lgsp.testing.making import dossier
from lgsp.testing.scene import Scene
from lgsp.wire.tls import expiry, greet
from tests.doctor.patients import Far, grades, patient

Maker = Callable[[int], tuple[Path, Path]]


@asynccontextmanager
async def server(date: datetime | None, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve heads with a clock of one's own; yields the URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        told = f"Date: {format_datetime(date, usegmt=True)}\r\n" if date else ""
        writer.write(f"HTTP/1.1 404 Not Found\r\n{told}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        yield f"http{'s' if tls else ''}://127.0.0.1:{port}/some/path?of=it"


# --- the home and what is around -------------------------------------------------------------------------


async def test_every_fault_of_the_home_is_told(folder: Path) -> None:
    """The doctor tells what `lgsp check` tells, with the file and the line."""
    (folder / "routes.yaml").write_text("systems:\n  a: {adapter: nowhere}\nroutes: 7\n", encoding="utf-8")
    one = patient(folder)
    one.home = folder
    found = await household.home(one)
    assert {verdict.grade for verdict in found} == {Grade.BROKEN}
    assert any("routes.yaml:2" in verdict.vi and "nowhere" in verdict.vi for verdict in found)
    assert grades(await household.home(patient(folder))) == [("home", "", "well")]


async def test_a_source_without_a_token_is_told(folder: Path) -> None:
    """From outside it adds whose environment it looked at; a system with a token is well."""
    far = {"one-stop": Far()}
    (one,) = await household.tokens(patient(folder, adapters=far))
    assert (one.grade, one.subject) == (Grade.POOR, "one-stop")
    assert "lgsp token one-stop" in one.mend_vi
    assert "môi trường của lệnh này" in one.vi
    (one,) = await household.tokens(patient(folder, adapters=far, serving=True))
    assert "môi trường của lệnh này" not in one.vi
    found = await household.tokens(patient(folder, {"LGSP_TOKEN_ONE_STOP": "t"}, adapters=far))
    assert grades(found) == [("tokens", "", "well")]


class Dropping(Far):
    """A system that comes in, and drops files where it is set up to."""

    jobs = frozenset({"files"})
    optional = {"files": "trust"}  # noqa: RUF012 - never changed


class Fetched(Far):
    """A system that we fetch from."""

    jobs = frozenset({"lists"})


async def test_a_source_that_may_be_fetched_from_besides_needs_its_token(folder: Path) -> None:
    """What only some systems of a kind have takes nothing from their way in; where we fetch nobody comes."""
    far = {"reporting": Dropping(), "portal": Fetched()}
    assert [one.subject for one in await household.tokens(patient(folder, adapters=far))] == ["reporting"]


class Usage(NamedTuple):
    """What `shutil.disk_usage` returns."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "grade"), [(50, "well"), (9, "poor"), (1, "broken")])
async def test_the_disk_is_judged_by_what_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch, free: int, grade: str
) -> None:
    """Half of it free is well, a tenth is poor, nearly nothing is broken."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**11, 0, free * 10**9))
    assert [one[2] for one in grades(await household.disks(patient(folder)))] == [grade]


async def test_alerts_that_reach_nobody_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody named is poor, a secret that is not there is broken."""
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    home = {"to": [{"webhook": "https://x", "secret": "${env:HOOK_SECRET}"}]}
    (nobody,) = await household.alerts(patient(folder))
    (secret,) = await household.alerts(patient(folder, alerts=home))
    assert (nobody.grade, secret.grade) == (Grade.POOR, Grade.BROKEN)
    assert "HOOK_SECRET" in secret.vi
    monkeypatch.setenv("HOOK_SECRET", "s")
    assert grades(await household.alerts(patient(folder, alerts=home))) == [("alerts", "", "well")]


@pytest.mark.parametrize(("days", "grade"), [(400, "well"), (29, "poor"), (36500, "well")])
async def test_a_certificate_in_a_file_is_judged_by_its_end(
    folder: Path, certificate: Maker, days: int, grade: str
) -> None:
    """The end is read of either form of time that certificates have."""
    file, _ = certificate(days)
    assert abs(expiry(file) - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=5)
    found = await household.certificates(patient(folder, adapters={"far": Far(trust=str(file))}))
    assert grades(found) == [("certificate", "far", grade)]


async def test_of_several_certificates_the_first_end_counts(certificate: Maker, tmp_path: Path) -> None:
    """A chain is good until its first member ends."""
    chain = tmp_path / "chain.pem"
    chain.write_text(certificate(90)[0].read_text() + certificate(40)[0].read_text())
    assert (expiry(chain) - datetime.now(UTC)).days in (39, 40)


@pytest.mark.parametrize(
    "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
async def test_a_file_without_a_certificate_is_broken(folder: Path, text: str) -> None:
    """What cannot be read is told, not passed over; so is a file that is not there."""
    (folder / "ca.pem").write_text(text)
    more = [{"one": str(folder / "ca.pem"), "other": str(folder / "away.crt")}]
    found = await household.certificates(patient(folder, adapters={"far": Far(more=more)}))
    assert [one.grade for one in found] == [Grade.BROKEN, Grade.BROKEN]


def test_a_certificate_that_ended_is_broken() -> None:
    """It says since when."""
    one = household.until("certificate", "far", datetime(2025, 12, 31, tzinfo=UTC), "https://far")
    assert one.grade is Grade.BROKEN
    assert "đã hết hạn ngày 31/12/2025" in one.vi


# --- the systems -----------------------------------------------------------------------------------------


async def test_systems_that_do_not_answer_are_told_with_who_mends_it(folder: Path) -> None:
    """A fault of the line is the administrator's, one of the system the ministry's, a bug the vendor's."""
    far: dict[str, Any] = {
        "well": Far(),
        "away": Far(Unavailable("unreachable", scope=Scope.SYSTEM)),
        "out": Far(Unavailable("http-503", scope=Scope.SYSTEM)),
        "odd": Far(GatewayError("checking: odd")),
        "bug": Far(ValueError("a secret")),
        "late": Far(TimeoutError()),
    }
    found = {one.subject: one for one in await counterparts.systems(patient(folder, adapters=far))}
    assert found["well"].grade is Grade.WELL
    assert {name for name, one in found.items() if one.grade is Grade.BROKEN} == far.keys() - {"well"}
    assert found["away"].mender is Mender.ADMINISTRATOR
    assert found["out"].mender is Mender.MINISTRY
    assert found["bug"].mender is Mender.VENDOR
    assert "[timed-out]" in found["late"].vi
    assert "a secret" not in str(found)


async def test_a_system_that_hangs_does_not_hold_up_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its time."""

    class Hanging(Far):
        async def check(self) -> None:
            await asyncio.sleep(60)

    monkeypatch.setattr(counterparts, "_PATIENCE", 0.05)
    found = await counterparts.systems(patient(folder, adapters={"hangs": Hanging(), "well": Far()}))
    assert grades(found) == [("system", "hangs", "broken"), ("system", "well", "well")]


@pytest.mark.parametrize(("off", "grade"), [(0, "well"), (-20, "well"), (-300, "poor"), (300, "poor")])
async def test_a_system_with_another_time_is_told(folder: Path, off: int, grade: str) -> None:
    """The date among its headers is compared with ours."""
    async with server(datetime.now(UTC) + timedelta(seconds=off)) as url:
        found = await counterparts.servers(patient(folder, adapters={"far": Far(url=url)}))
    assert grades(found) == [("clock", "far", grade)]


async def test_the_certificate_of_a_server_is_looked_at(certificate: Maker) -> None:
    """Trusted, its end is read; untrusted, that is a fault of its own."""
    file, key = certificate(20)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file, key)
    async with server(None, serving) as url:
        greeting = await greet(url, ssl.create_default_context(cafile=str(file)))
        assert greeting.expires is not None
        assert (greeting.expires - datetime.now(UTC)).days in (19, 20)
        assert greeting.date is None
        (one,) = await counterparts.servers(Patient(packed(), None, None, {"far": Far(url=url)}))  # type: ignore[arg-type]
    assert (one.part, one.grade) == ("certificate", Grade.BROKEN)
    assert "self-signed" in one.en


# --- the journal -----------------------------------------------------------------------------------------


async def test_a_journal_of_another_revision_is_told(folder: Path, scene: Scene) -> None:
    """Tables that `lgsp migrate` has not brought up to date are broken, and it says so."""
    one = patient(folder, journal=scene.journal)
    assert grades(await records.journal(one)) == [("journal", "", "well")]
    await scene.act(lambda tx: tx.run("UPDATE alembic_version SET version_num = ?", [("0001",)]))
    (verdict,) = await records.journal(one)
    assert verdict.grade is Grade.BROKEN
    assert "lgsp migrate" in verdict.mend_vi
    assert examining.newest_revision() in verdict.vi


@pytest.mark.parametrize(
    ("changed", "standbys", "grade"),
    [
        ({}, [Standby("b", "streaming", "sync")], None),
        ({}, [Standby("b", "streaming", "quorum"), Standby("c", "streaming", "async")], None),
        ({}, [Standby("b", "streaming", "async")], "broken"),
        ({}, [Standby("b", "catchup", "sync")], "broken"),
        ({}, [], "broken"),
        ({}, [Standby("b", None, None)], "poor"),
        ({"synchronous_standby_names": ""}, [], "poor"),
        ({"fsync": "off"}, [Standby("b", "streaming", "sync")], "broken"),
        ({"synchronous_commit": "local"}, [Standby("b", "streaming", "sync")], "broken"),
    ],
)
def test_a_journal_without_a_second_machine_is_told(
    changed: dict[str, str], standbys: list[Standby], grade: str | None
) -> None:
    """A commit that waits for nobody may be lost; one that waits for somebody who is away goes nowhere."""
    settings = {"synchronous_standby_names": "*", "synchronous_commit": "on", "fsync": "on"}
    server_ = Server(settings | {"full_page_writes": "on"} | changed, standbys)
    found = [one.value for one, _ in records._durability(server_)]
    assert found == ([grade] if grade else [])


async def test_an_embedded_journal_has_no_standby_and_no_clock_of_its_own(folder: Path, scene: Scene) -> None:
    """What there is not, nothing is said of."""
    one = patient(folder, journal=scene.journal)
    assert [*await records.standby(one), *await records.clock(one)] == []


async def test_processes_that_live_are_named_and_silence_is_told(folder: Path, scene: Scene) -> None:
    """A heartbeat that is old is nobody's."""
    one = patient(folder, journal=scene.journal)
    assert grades(await records.processes(one)) == [("processes", "", "well")]
    scene.clock.move(61)
    assert grades(await records.processes(one)) == [("processes", "", "poor")]
    assert grades(await records.processes(patient(folder))) == [("processes", "", "poor")]


async def test_what_alerts_would_tell_the_doctor_tells(folder: Path, scene: Scene) -> None:
    """The same rules, so that both say the same: suspended is broken, dead is to be looked at."""
    await scene.kill(dossier("K1"), "portal-field-missing")
    await scene.act(lambda tx: acting.set_system(tx, "portal", "suspended", "http-503", "gateway"))
    scene.clock.move(301)
    found = await records.backlog(patient(folder, journal=scene.journal))
    assert grades(found) == [
        ("backlog", "", "well"),
        ("suspended", "portal", "broken"),
        ("dead", "portal portal-field-missing", "poor"),
    ]
    assert "1 không chuyển được" in found[0].vi


# --- the broker ------------------------------------------------------------------------------------------


async def test_what_a_process_knows_of_its_broker_is_told(folder: Path) -> None:
    """In the broker's own sentences; dead letters are to be looked at, the rest is broken."""
    faults = (BrokerFault("blocked", "low on memory"), BrokerFault("dead-letters", "3"))
    found = await queues.broker(patient(folder, broker_faults=lambda: faults))
    assert [one.grade for one in found] == [Grade.BROKEN, Grade.POOR]
    assert "thiếu bộ nhớ" in found[0].vi
    assert grades(await queues.broker(patient(folder))) == [("broker", "", "well")]


# --- all of it -------------------------------------------------------------------------------------------


class Broken:
    """A journal that cannot be read."""

    async def read(self, _: Any) -> Any:
        """Fail."""
        raise JournalError("reading the journal: refused")


async def test_a_part_that_cannot_be_looked_at_says_so_and_the_others_go_on(folder: Path) -> None:
    """Whatever one check does, the examination comes to its end."""
    found = await examine(patient(folder, journal=Broken(), adapters={"far": Far()}))
    told = {one.part: one.grade for one in found}
    assert told["journal"] is told["backlog"] is Grade.BROKEN
    assert told["system"] is told["home"] is Grade.WELL


async def test_a_check_that_hangs_or_has_a_bug_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither ends the examination."""

    async def hang(_: Patient) -> list[Verdict]:
        await asyncio.sleep(60)
        return []

    async def fail(_: Patient) -> list[Verdict]:
        raise KeyError("a secret")

    monkeypatch.setattr("lgsp.doctor.examining.CHECKS", (("a", hang), ("b", fail), *CHECKS[:1]))
    monkeypatch.setattr("lgsp.doctor.examining._PATIENCE", 0.05)
    found = await examine(patient(folder))
    assert grades(found) == [("a", "", "broken"), ("b", "", "broken"), ("home", "", "well")]
    assert "a secret" not in str(found)


async def test_every_verdict_comes_back_from_json(folder: Path) -> None:
    """What a running gateway tells is what it would say itself."""
    found = await examine(patient(folder, adapters={"far": Far(GatewayError("odd"))}))
    assert [Verdict.of_dict(one.as_dict()) for one in found] == found
    for one in found:
        assert one.vi
        assert one.en
        assert one.grade is Grade.WELL or one.mender is not Mender.NOBODY
