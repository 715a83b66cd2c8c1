"""The population database is shown who we are by each way in, and no credential goes anywhere else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
import pytest
from lgsp.adapters.population_db import PopulationDb as Adapter
from lgsp.adapters.population_db.credentials import of_officer, way_in
from lgsp.adapters.population_db.settings import Officer, Settings
from pydantic import ValidationError

from lgsp.errors import Scope, Unavailable
from lgsp.message import VIETNAM
from lgsp.sandbox.population import PopulationDb
from lgsp.wire.http import Answer, Http
from tests.population_side import LINE, WAYS, about, exact, question, refused, settings, speaking, stand_in


@pytest.fixture(scope="module", autouse=True)
def line() -> Iterator[None]:
    """One server serves all tests here."""
    with LINE.open():
        yield


# --- who we are -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "stamp"), [("milliseconds", "1769823000000"), ("seconds", "1769823000")])
async def test_the_password_is_a_hash_over_address_user_time_and_secret(unit: str, stamp: str) -> None:
    """Basic over SHA-256 in hexadecimal; time, client, key and an empty SOAPAction beside it."""
    now = datetime(2026, 1, 31, 8, 30, tzinfo=VIETNAM)
    direct = {"username": "h44", "secret": "khóa", "hash_url": "https://dc.example", "timestamp": unit,
              "client": "VN/GOV/H44", "api_key": "api"}  # fmt: skip
    config = Settings.model_validate({"url": "http://127.0.0.1:9/x", "direct": direct})
    headers = await way_in(config, Http(), lambda: now).headers()
    digest = hashlib.sha256(f"https://dc.exampleh44{stamp}khóa".encode()).hexdigest()
    assert headers == {
        "Timestamp": stamp,
        "Authorization": f"Basic {base64.b64encode(f'h44:{digest}'.encode()).decode()}",
        "X-Road-Client": "VN/GOV/H44",
        "ApiKey": "api",
        "SOAPAction": '""',
    }


async def test_without_an_address_of_its_own_the_service_s_is_hashed() -> None:
    """And headers that have nothing to say are not sent."""
    direct = {"username": "a", "secret": "b"}
    config = Settings.model_validate({"url": "http://127.0.0.1:9/x", "direct": direct})
    now = datetime(2026, 1, 31, tzinfo=VIETNAM)
    headers = await way_in(config, Http(), lambda: now).headers()
    said = f"http://127.0.0.1:9/xa{int(now.timestamp() * 1000)}b"
    assert (
        hashlib.sha256(said.encode()).hexdigest() in base64.b64decode(headers["Authorization"][6:]).decode()
    )
    assert headers.keys() == {"Timestamp", "Authorization", "SOAPAction"}


async def test_a_clock_that_is_wrong_is_not_believed() -> None:
    """The stand-in, like the service, looks at the time that is hashed."""
    told = await refused(stand_in(), now=lambda: datetime.now(VIETNAM) - timedelta(hours=1))
    assert isinstance(told, Unavailable)
    assert (told.cause, told.scope) == ("population-credentials", Scope.SYSTEM)


@pytest.mark.parametrize("header", ["Authorization", "X-Authentication-Token"])
async def test_a_gateway_gets_its_token_in_either_header(header: str) -> None:
    """One token serves all questions while it is good."""
    stand = stand_in()
    told = about(exact(stand))
    async with speaking(stand, "provincial", gate={"token_header": header}) as adapter:
        await asyncio.gather(*(adapter.ask(question(told)) for _ in range(10)))
    assert stand.calls["token"] == 1


async def test_the_header_of_a_gateway_says_who_we_are() -> None:
    """Base64 of JSON with the five names that gateways know."""
    gate = {
        "access_key": "a",
        "secret_key": "s",
        "app_name": "n",
        "partner_code": "p",
        "partner_code_cus": "c",
    }
    config = Settings.model_validate({"url": "http://127.0.0.1:9", "provincial": gate})
    headers = await way_in(config, Http(), lambda: datetime.now(VIETNAM)).headers()
    assert headers.keys() == {"lgspaccesstoken"}
    assert orjson.loads(base64.b64decode(headers["lgspaccesstoken"])) == {
        "AccessKey": "a", "SecretKey": "s", "AppName": "n", "PartnerCode": "p", "PartnerCodeCus": "c",
    }  # fmt: skip


def test_an_officer_s_own_account_goes_in_a_header_of_its_own() -> None:
    """`AuthHash` is base64 of name and password; nobody's is sent where there is none."""
    officer = Officer.model_validate({"code": "x", "username": "b", "password": "mật"})
    assert of_officer(officer) == {"AuthHash": base64.b64encode("b:mật".encode()).decode()}
    assert of_officer(Officer(code="x")) == {}
    assert of_officer(None) == {}


@pytest.mark.parametrize(
    "faults",
    [{"token_life": "text"}, {"token_life": "none"}, {"disbelief": "fault"}, {"disbelief": "words"}, {}],
)
@pytest.mark.parametrize("way", ["provincial", "json"])
async def test_a_token_that_is_declared_stale_is_renewed_once(way: str, faults: dict[str, str]) -> None:
    """The question goes out again with the new one, and its caller learns nothing of it.

    However it is declared: one that ended before its time must not keep everybody from asking.
    """
    stand = stand_in(**faults)
    told = about(exact(stand))
    async with speaking(stand, way) as adapter:
        await adapter.ask(question(told))
        stand._admission.expire()
        await adapter.ask(question(told))
    assert stand.calls["token"] == 2


async def test_a_token_is_renewed_before_its_end() -> None:
    """Nobody waits for a refusal to learn that an hour is over."""
    stand = stand_in()
    now = [datetime.now(VIETNAM)]
    told = about(exact(stand))
    async with speaking(stand, "provincial", now=lambda: now[0]) as adapter:
        for minutes in (0, 58, 0.5, 0.6):
            now[0] += timedelta(minutes=minutes)
            await adapter.ask(question(told, within=7200))
    assert stand.calls["token"] == 2


@pytest.mark.parametrize(
    ("disbelief", "cause"),
    [
        ("status", "soap-credentials"),
        ("fault", "population-credentials"),
        ("words", "population-credentials"),
    ],
)
async def test_a_gateway_that_believes_no_token_suspends(disbelief: str, cause: str) -> None:
    """Two tokens in a row that are not good: it concerns our standing, and not this question."""
    stand = stand_in(expire_tokens=1.0, disbelief=disbelief)
    told = await refused(stand, "provincial")
    assert (told.cause, told.scope, stand.refused["credentials"]) == (cause, Scope.SYSTEM, 2)


async def test_a_page_in_place_of_a_token_is_no_token() -> None:
    """The system is away for us; nothing was asked."""
    stand = stand_in(token_html=1.0)
    told = await refused(stand, "provincial")
    assert (told.cause, told.scope) == ("population-credentials", Scope.SYSTEM)
    assert not stand.calls["TraCuuThongTinCongDan"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_wrong_secret_is_not_believed(way: str) -> None:
    """By each way in, our standing with the system is at stake."""
    told = await refused(PopulationDb(secret="another"), way)
    assert isinstance(told, Unavailable)
    assert told.scope is Scope.SYSTEM
    assert told.cause in ("population-credentials", "soap-credentials")


def test_a_system_has_one_way_in() -> None:
    """Two sorts of credentials in one system are a fault of its settings."""
    both = settings("http://127.0.0.1:9") | {"provincial": {"access_key": "a", "secret_key": "b"}}
    with pytest.raises(ValidationError, match="not both"):
        Adapter.Config.model_validate(both)


@pytest.mark.parametrize(
    ("told", "lasts"), [(-1, 540), (0, 540), ("x", 540), (None, 540), (40, 20), (1e300, 86_340)]
)
async def test_however_a_token_says_its_end_it_is_used_for_a_while(told: Any, lasts: int) -> None:
    """Ten minutes where nothing of use is said, a day at most, half of what is left where that is short."""
    now, asked = [datetime(2026, 1, 5, 8, tzinfo=VIETNAM)], []

    class Grants:
        """Grants tokens."""

        async def post(self, *_: Any, **__: Any) -> Answer:
            """Grant one."""
            asked.append(1)
            said = {"access_token": f"t{len(asked)}"} | ({} if told is None else {"expires_in": told})
            return Answer(200, orjson.dumps(said).decode())

    config = Settings.model_validate(settings("http://x/p", "provincial"))
    way = way_in(config, cast("Http", Grants()), lambda: now[0])
    await way.headers()
    now[0] += timedelta(seconds=lasts - 1)
    await way.headers()
    assert (len(asked), way.token()) == (1, "t1")
    now[0] += timedelta(seconds=2)
    await way.headers()
    assert (len(asked), way.token()) == (2, "t2")
