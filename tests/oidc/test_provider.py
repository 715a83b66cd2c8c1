"""Signing in at a provider that is really called: what proves who somebody is, and what proves nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest

from lgsp.journal.people import Role
from lgsp.oidc import binding, identity
from lgsp.oidc.binding import Binding
from lgsp.oidc.provider import AwayError, Provider, RefusedError
from tests.oidc.playing import Playing

BACK = "https://lgsp.example/console/sign-in/return"


async def went(provider: Provider, secret: str) -> dict[str, str]:
    """Sign in at the provider as a browser does; return with what it comes back."""
    to = await provider.leads_to(Binding(secret), BACK)
    async with aiohttp.ClientSession() as browser, browser.get(to, allow_redirects=False) as answer:
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def entered(provider: Provider, **changed: str) -> Any:
    """Go there and come back."""
    secret = binding.draw()
    return await provider.redeem(await went(provider, secret) | changed, Binding(secret), BACK)


async def test_who_comes_back_is_who_the_provider_says(provider: Provider, playing: Playing) -> None:
    """Code, proof of the browser, signature and claims hold; addresses and keys are asked for once."""
    playing.claims |= {"preferred_username": "lan", "name": "Lan"}
    for _ in range(3):
        one = await entered(provider)
        assert (one.issuer, one.subject, one.name, one.role) == (playing.url, "s-1", "lan", Role.OPERATOR)
    asked = {path: playing.asked.get(path, 0) for path in ("/keys", "/userinfo", "/token")}
    assert asked == {"/keys": 1, "/userinfo": 0, "/token": 3}
    assert playing.asked["/.well-known/openid-configuration"] == 1


async def test_a_client_that_says_its_secret_in_the_form(provider: Provider, playing: Playing) -> None:
    """Where the provider wants no header, the secret stands in the form, whatever letters it has."""
    playing.public = True
    assert (await entered(provider)).role is Role.OPERATOR


LIES: list[tuple[dict[str, Any], str]] = [
    ({"nonce": "another"}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"aud": "another"}, "audience"),
    ({"aud": []}, "audience"),
    ({"aud": None}, "audience"),
    ({"aud": ["lgsp", "another"]}, "authorised-party"),
    ({"azp": "another"}, "authorised-party"),
    ({"iss": "https://elsewhere.example"}, "issuer"),
    ({"iss": None}, "issuer"),
    ({"exp": timedelta(hours=-1)}, "expired"),
    ({"exp": None}, "time"),
    ({"exp": "soon"}, "time"),
    ({"exp": True}, "time"),
    ({"iat": timedelta(hours=1)}, "not-yet"),
    ({"iat": None}, "time"),
    ({"nbf": timedelta(hours=1)}, "not-yet"),
    ({"sub": None}, "subject"),
    ({"half": True}, "at-hash"),
    ({"at_hash": 7}, "at-hash"),
    ({"alg-none": True}, "signature"),
    ({"alg-hs256": True}, "signature"),
    ({"unknown-key": True}, "signature"),
]


@pytest.mark.parametrize(("lies", "why"), LIES, ids=str)
async def test_a_token_that_proves_nothing_opens_nothing(
    provider: Provider, playing: Playing, lies: dict[str, Any], why: str
) -> None:
    """Of another sign-in, client, issuer or time; not signed, or by a key that is not the provider's."""
    playing.lies = lies
    with pytest.raises(RefusedError, match=f"^{why}$"):
        await entered(provider)


@pytest.mark.parametrize(
    "lies",
    [
        {"azp": "lgsp", "aud": ["another", "lgsp"]},
        {"at_hash": None},
        {"iat": timedelta(seconds=identity.SKEW / 2)},
        {"exp": timedelta(seconds=-identity.SKEW / 2)},
        {"alg": "PS256"},
        {"alg": "RS512", "at_hash": None},
    ],
    ids=str,
)
async def test_what_differs_and_still_holds(
    provider: Provider, playing: Playing, lies: dict[str, Any]
) -> None:
    """Several audiences with us as party, no hash of the access token, a clock that is a little off."""
    playing.lies = lies
    assert (await entered(provider)).subject == "s-1"


async def test_a_code_opens_once(provider: Provider) -> None:
    """Whoever reads it on the way comes too late."""
    secret = binding.draw()
    told = await went(provider, secret)
    await provider.redeem(told, Binding(secret), BACK)
    with pytest.raises(RefusedError, match="code"):
        await provider.redeem(told, Binding(secret), BACK)


async def test_only_the_browser_that_went_comes_back(provider: Provider, playing: Playing) -> None:
    """An answer that was led to another browser is turned away before the provider is asked."""
    told = await went(provider, binding.draw())
    with pytest.raises(RefusedError, match="state"):
        await provider.redeem(told, Binding(binding.draw()), BACK)
    assert "/token" not in playing.asked


async def test_a_code_that_was_slipped_in_opens_nothing(provider: Provider) -> None:
    """Somebody else's code with this browser's state: the provider misses the proof."""
    stolen = (await went(provider, binding.draw()))["code"]
    with pytest.raises(RefusedError, match="code"):
        await entered(provider, code=stolen)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"code": ""}, "refused-by-provider"),
        ({"error": "access_denied"}, "refused-by-provider"),
        ({"state": ""}, "state"),
    ],
)
async def test_an_answer_that_is_none(provider: Provider, changed: dict[str, str], why: str) -> None:
    """Of another provider, with a refusal, or with nothing in it."""
    with pytest.raises(RefusedError, match=why):
        await entered(provider, **changed)


async def test_newer_keys_are_learnt_and_not_asked_for_without_end(
    provider: Provider, playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that was rotated is found; forged tokens do not make us ask again and again."""
    await entered(provider)
    monkeypatch.setattr("lgsp.oidc.provider._AGAIN", 0.0)
    playing.rotate()
    assert (await entered(provider)).subject == "s-1"
    assert playing.asked["/keys"] == 2
    monkeypatch.setattr("lgsp.oidc.provider._AGAIN", 3600.0)
    playing.lies = {"unknown-key": True}
    for _ in range(3):
        with pytest.raises(RefusedError):
            await entered(provider)
    assert playing.asked["/keys"] == 2


async def test_groups_that_only_the_provider_itself_tells(provider: Provider, playing: Playing) -> None:
    """They are asked for with the access token, and count for the same subject alone."""
    playing.claims = {"sub": "s-1"}
    playing.apart = {"groups": ["desk"]}
    assert (await entered(provider)).role is Role.OPERATOR
    playing.lies = {"userinfo": {"sub": "s-2"}}
    with pytest.raises(RefusedError, match="userinfo"):
        await entered(provider)


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
async def test_a_provider_that_says_something_else_is_away(
    provider: Provider, playing: Playing, discovery: dict[str, Any]
) -> None:
    """Another issuer, an endpoint in the clear or none: nobody is led there."""
    playing.lies = {"discovery": discovery}
    with pytest.raises(AwayError):
        await provider.leads_to(Binding("x"), BACK)


async def test_a_provider_that_is_away(
    provider: Provider, playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is to blame; what was known of it goes on to be used, and who comes back later gets in."""
    monkeypatch.setattr("lgsp.wire.http.PATIENCE", 0.1)
    playing.away = True
    with pytest.raises(AwayError):
        await provider.leads_to(Binding("x"), BACK)
    playing.away = False
    secret = binding.draw()
    told = await went(provider, secret)
    playing.away = True
    monkeypatch.setattr("lgsp.oidc.provider._REMEMBERED", 0.0)
    assert (await provider.leads_to(Binding("x"), BACK)).startswith(playing.url)
    with pytest.raises(AwayError):
        await provider.redeem(told, Binding(secret), BACK)


async def test_the_way_out(provider: Provider, playing: Playing) -> None:
    """The provider is told who we are and where to lead back; one that ends no sessions is not asked to."""
    to = await provider.leaves_by("https://lgsp.example/console/sign-in")
    assert to.startswith(f"{playing.url}/out?")
    assert dict(parse_qsl(urlsplit(to).query)) == {
        "client_id": "lgsp", "post_logout_redirect_uri": "https://lgsp.example/console/sign-in",
    }  # fmt: skip


def test_what_travels_says_nothing_of_the_secret_or_of_each_other() -> None:
    """State, nonce and verifier differ, are long enough, and are the same for the same secret alone."""
    one, other = Binding("a"), Binding("b")
    made = [one.state, one.nonce, one.verifier, one.challenge, other.state, other.nonce, other.verifier]
    assert len({*made, "a", "b"}) == 9
    assert all(len(part) >= 43 for part in made)
    assert (one.state, one.holds(one.state), one.holds(other.state)) == (Binding("a").state, True, False)
