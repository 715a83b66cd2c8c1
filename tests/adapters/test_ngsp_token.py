"""Holding the platform's token: asked for once for all, shortly before it ends, and when it was refused."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from lgsp.adapters.ngsp.token import Granted, Tokens

from lgsp.errors import Scope, Unavailable
from lgsp.message import VIETNAM
from lgsp.sandbox.ngsp import Ngsp as Stand
from lgsp.sandbox.ngsp_faults import NgspFaults
from lgsp.wire.exchange import recorded
from lgsp.wire.http import Answer
from tests.ngsp_side import Canned, adapter_of, business, over_http, speaking, told

START = datetime(2026, 1, 5, 8, tzinfo=VIETNAM)


class Office:
    """Grants tokens as a test says, and counts how often it was asked."""

    def __init__(self, seconds: float | None = 3600.0, *, same: bool = False) -> None:
        self.now = START
        self.asked = 0
        self.seconds = seconds
        self.same = same
        self.open = asyncio.Event()
        self.open.set()
        self.fault: Unavailable | None = None
        self.tokens = Tokens(self._grant, usual=300.0, early=60.0, clock=lambda: self.now)

    async def _grant(self) -> Granted:
        self.asked += 1
        number = self.asked
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        return Granted("same" if self.same else f"token-{number}", self.seconds)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


async def test_a_token_is_used_until_shortly_before_its_end() -> None:
    """A minute before the hour is over a new one is asked for, and no sooner."""
    office = Office(3600.0)
    assert await office.tokens.get() == "token-1"
    office.later(3539)
    assert await office.tokens.get() == "token-1"
    office.later(1)
    assert await office.tokens.get() == "token-2"


async def test_a_token_with_little_left_is_used_for_half_of_that() -> None:
    """The platform hands the old one out again with what is left of it: it is not asked at every question."""
    office = Office(20.0)
    await office.tokens.get()
    office.later(9)
    await office.tokens.get()
    assert office.asked == 1
    office.later(1)
    await office.tokens.get()
    assert office.asked == 2


@pytest.mark.parametrize(("seconds", "lasts"), [(None, 240), (1e18, 86_340)])
async def test_a_token_whose_end_is_not_told_is_used_for_a_while(seconds: float | None, lasts: int) -> None:
    """Neither for ever nor for one question."""
    office = Office(seconds)
    await office.tokens.get()
    office.later(lasts - 1)
    await office.tokens.get()
    assert office.asked == 1
    office.later(1)
    await office.tokens.get()
    assert office.asked == 2


async def test_all_who_need_a_token_share_one_asking() -> None:
    """A hundred questions at once, none of which has a token; then a hundred whose token is stale."""
    office = Office()
    assert set(await asyncio.gather(*(office.tokens.get() for _ in range(100)))) == {"token-1"}
    again = await asyncio.gather(*(office.tokens.get(stale="token-1") for _ in range(100)))
    assert set(again) == {"token-2"}
    assert await office.tokens.get(stale="token-1") == "token-2"
    assert office.asked == 2


async def test_one_who_gives_up_does_not_take_it_away_from_the_others() -> None:
    """The asking goes on for who still waits."""
    office = Office()
    office.open.clear()
    first, other = (asyncio.create_task(office.tokens.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    office.open.set()
    assert await other == "token-1"
    assert office.asked == 1


async def test_a_platform_that_gives_the_refused_token_again_is_not_asked_in_a_storm() -> None:
    """It has no other; a few seconds later it is asked whether it has."""
    office = Office(same=True)
    await office.tokens.get()
    for _ in range(50):
        assert await office.tokens.get(stale="same") == "same"
    assert office.asked == 2
    office.later(5)
    await office.tokens.get(stale="same")
    assert office.asked == 3


async def test_who_waits_for_a_token_that_does_not_come_learns_why() -> None:
    """All of them; the next one asks anew."""
    office = Office()
    office.fault = Unavailable("http-503", scope=Scope.SYSTEM)
    faults = await asyncio.gather(*(office.tokens.get() for _ in range(3)), return_exceptions=True)
    assert [type(fault) for fault in faults] == [Unavailable] * 3
    office.fault = None
    assert await office.tokens.get() == "token-2"


async def test_it_can_be_closed_while_it_asks() -> None:
    """A stop does not wait for a platform that does not answer, and nothing is left behind."""
    office = Office()
    office.open.clear()
    waiting = asyncio.create_task(office.tokens.get())
    await asyncio.sleep(0)
    await office.tokens.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_a_token_is_not_shown() -> None:
    """Whoever prints what was granted reads when it ends, not what it is."""
    assert "s3cret" not in repr(Granted("s3cret", 5.0))


# --- at the platform ------------------------------------------------------------------------------------


@pytest.mark.parametrize("credentials", ["basic", "form"])
async def test_the_secret_is_shown_as_the_platform_wants_it(credentials: str) -> None:
    """By HTTP Basic, or in the form; a wrong one suspends the system, whatever was asked."""
    far = Stand()
    async with speaking(far, credentials=credentials) as adapter:
        await adapter.check()
        await told(adapter, business())
    async with speaking(far, credentials=credentials, client_secret="wrong") as adapter:
        with pytest.raises(Unavailable) as fault:
            await adapter.ask(business())
    assert (fault.value.cause, fault.value.scope) == ("ngsp-credentials", Scope.SYSTEM)
    assert "wrong" not in f"{fault.value} {fault.value.said}"


@pytest.mark.parametrize("expiry", ["number", "text", "missing", "negative"])
async def test_the_end_of_a_token_is_told_in_several_ways(expiry: str) -> None:
    """As a number, as a text, not at all, or as never: the token is used, and asked for once."""
    far = Stand(NgspFaults.model_validate({"expiry": expiry}))
    async with speaking(far) as adapter:
        for _ in range(3):
            await told(adapter, business())
    assert far.calls == {"token": 1, "business": 3}


async def test_a_token_that_was_revoked_is_renewed_once() -> None:
    """The question is asked again under the new one; its asker learns nothing of it."""
    far = Stand()
    async with speaking(far) as adapter:
        await told(adapter, business())
        far.forget()
        await told(adapter, business())
    assert far.calls == {"token": 1, "business": 2}


async def test_many_whose_token_was_revoked_share_the_renewal() -> None:
    """Fifty questions meet the same refusal; the platform hands out one token."""
    far = Stand()
    async with speaking(far) as adapter:
        await told(adapter, business())
        far.forget()
        await asyncio.gather(*(adapter.ask(business(f"0199{n:06d}")) for n in range(50)))
    assert far.calls["token"] == 1


async def test_a_token_that_is_never_good_ends_after_the_second() -> None:
    """Two tokens, two refusals, and no third: our standing with the platform is what is wrong."""
    far = Stand(NgspFaults(expire_tokens=1))
    async with speaking(far) as adapter:
        with pytest.raises(Unavailable) as fault:
            await adapter.ask(business())
    assert (fault.value.cause, fault.value.scope) == ("ngsp-token-refused", Scope.SYSTEM)
    assert far.calls == {"token": 2, "business": 2}


async def test_a_cached_token_that_is_handed_out_again_is_tried_once_more() -> None:
    """WSO2 nodes take a moment to agree that a token is good; the very same one may be taken now."""
    far, passed = Stand(), [START]
    asked = replace(business(), expirytime=None)
    async with speaking(far, now=lambda: passed[0]) as adapter:
        await told(adapter, asked)
        far.trouble(b'{"expire_tokens": 1, "same_token": true}')
        with pytest.raises(Unavailable):
            await adapter.ask(asked)
        far.trouble(b'{"same_token": true}')
        passed[0] += timedelta(seconds=6)
        assert (await told(adapter, asked))["code"] == "0199000001"
    assert far.calls == {"token": 3, "business": 5}


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Answer(200, "<html><body>Đăng nhập</body></html>", "text/html"), "ngsp-no-token"),
        (Answer(200, '{"access_token": ""}', "application/json"), "ngsp-no-token"),
        (Answer(200, '{"access_token": ["t"]}', "application/json"), "ngsp-no-token"),
        (Answer(200, '["token"]', "application/json"), "ngsp-no-token"),
        (Answer(200, '{"token_type": "Bearer"}', "application/json"), "ngsp-no-token"),
        (Answer(500, '{"access_token": "t"}', "application/json"), "ngsp-no-token"),
        (Answer(401, '{"error": "invalid_client"}', "application/json"), "ngsp-credentials"),
        (Answer(400, '{"error": "invalid_scope"}', "application/json"), "ngsp-credentials"),
        (Answer(400, '{"error": "invalid_request"}', "application/json"), "ngsp-no-token"),
        (Answer(500, '{"error": "invalid_client"}', "application/json"), "ngsp-no-token"),
    ],
)
async def test_what_is_no_token_is_the_system_s_fault(answer: Answer, cause: str) -> None:
    """HTML, an empty token, an error: nothing can be asked, and the services are not called."""
    http = Canned(Answer(200, "{}"), token=answer)
    with pytest.raises(Unavailable) as fault:
        await adapter_of(http).ask(business())
    assert (fault.value.cause, fault.value.scope) == (cause, Scope.SYSTEM)
    assert http.asked == []


async def test_a_token_that_is_asked_for_too_often_is_asked_for_later() -> None:
    """The platform says when; it is not asked again before, and nothing else is asked of it."""
    http = Canned(Answer(200, "{}"), token=Answer(429, "Too many", "text/plain", 8.0))
    with pytest.raises(Unavailable) as fault:
        await adapter_of(http).ask(business())
    assert (fault.value.cause, fault.value.scope, fault.value.after) == ("http-429", Scope.SYSTEM, 8.0)
    assert (http.tokens, http.asked) == (1, [])


async def test_credentials_and_token_are_in_nothing_that_is_kept() -> None:
    """Neither in requests nor in answers, by either way to show the secret, nor in the adapter's `repr`."""
    secret = "s3cret/of+the province"
    for credentials in ("basic", "form"):
        far = Stand(secret=secret)
        with recorded() as exchanges:
            async with over_http(far, credentials=credentials, client_secret=secret) as adapter:
                await told(adapter, business())
                shown = f"{adapter!r} {vars(adapter)!r} {adapter.config!r}"
        token = far._token
        assert token is not None
        kept = b"".join(one.url.encode() + one.request + one.answer for one in exchanges).decode()
        basic = base64.b64encode(f"lgsp:{secret}".encode()).decode()
        assert len(exchanges) == 2
        for hidden in (secret, "s3cret", basic, token.value):
            assert hidden not in kept
            assert hidden not in shown


async def test_a_scope_is_asked_for_where_one_is_set() -> None:
    """Some platforms give a token of its own to each scope."""
    with recorded() as exchanges:
        async with speaking(Stand(), scope="province_h44") as adapter:
            await adapter.check()
    assert b"scope=province_h44" in exchanges[0].request
