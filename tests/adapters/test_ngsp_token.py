"""The platform's token: how it is asked for and how its end is told, and what becomes of one that is refused."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lgsp.errors import Scope, Unavailable
from lgsp.message import VIETNAM
from lgsp.sandbox.ngsp import Ngsp as Stand
from lgsp.sandbox.ngsp_faults import NgspFaults
from lgsp.wire.exchange import recorded
from lgsp.wire.http import Answer
from tests.ngsp_side import Canned, adapter_of, business, over_http, speaking, told

START = datetime(2026, 1, 5, 8, tzinfo=VIETNAM)


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
