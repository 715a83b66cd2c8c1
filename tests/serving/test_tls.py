"""TLS at our door and at others': what is shown, what is refused, and a certificate that is renewed."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lgsp.errors import ConfigError, Scope, Unavailable
from lgsp.folder import NOWHERE
from lgsp.routes import parse_routes
from lgsp.serving import running
from lgsp.serving_tls import Certificates
from lgsp.settings import read_settings
from lgsp.wire.http import Http
from lgsp.wire.tls import greet, trusting, trusting_alone
from tests.serving.authority import Authority, Pair
from tests.serving.raw import QUICK, Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whom nobody trusts yet."""
    return Authority(tmp_path)


@asynccontextmanager
async def serving(pair: Pair, clients: Path | None = None, app: Any = None) -> AsyncIterator[str]:
    """Serve by TLS while inside; yields the address."""
    tls = Certificates(pair.certificate, pair.key, clients)
    async with running(app or Site(), patience=QUICK, tls=tls) as port:
        yield f"https://127.0.0.1:{port}"


async def asked(url: str, tls: ssl.SSLContext | None) -> Unavailable | int:
    """Return the status of an answer, or why there was none."""
    http = Http(timeout=5.0, tls=tls)
    try:
        return (await http.post(url, b"{}")).status
    except Unavailable as fault:
        return fault
    finally:
        await http.close()


async def test_a_server_is_believed_if_its_authority_is(authority: Authority) -> None:
    """The authority of one system is trusted for that system alone: nobody else's calls are believed by it."""
    async with serving(authority.pair("good")) as url:
        assert await asked(url, trusting(authority.file)) == 200
        assert (await greet(url, trusting(authority.file))).expires is not None
        unknown = await asked(url, None)
    assert isinstance(unknown, Unavailable)
    assert (unknown.cause, unknown.scope) == ("certificate-refused", Scope.SYSTEM)
    assert "certificate" in unknown.said


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"days": -1}, "expired"),
        ({"hosts": ("elsewhere.example",)}, "mismatch"),
        ({"hosts": ("localhost",)}, "mismatch"),
    ],
)
async def test_a_certificate_that_does_not_hold_is_refused(
    authority: Authority, made: dict[str, Any], why: str
) -> None:
    """Over, or for another host: nothing is sent, and the cause says which."""
    site = Site()
    async with serving(authority.pair("bad", **made), app=site) as url:
        fault = await asked(url, trusting(authority.file))
    assert isinstance(fault, Unavailable)
    assert fault.cause == "certificate-refused"
    assert why in fault.said
    assert site.asked == []


async def test_another_authority_of_the_same_name_is_none(authority: Authority, tmp_path: Path) -> None:
    """A name proves nothing: what counts is the key."""
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    async with serving(other.pair("false")) as url:
        fault = await asked(url, trusting(authority.file))
    assert isinstance(fault, Unavailable)
    assert fault.cause == "certificate-refused"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_old_versions_are_not_spoken(authority: Authority, version: ssl.TLSVersion) -> None:
    """TLS 1.2 at least."""
    client = trusting(authority.file)
    client.minimum_version = client.maximum_version = version
    client.set_ciphers("ALL:@SECLEVEL=0")
    async with serving(authority.pair("good")) as url:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]), ssl=client)


@pytest.mark.parametrize("ciphers", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "AES256-GCM-SHA384"])
async def test_weak_ciphers_are_not_spoken(authority: Authority, ciphers: str) -> None:
    """With TLS 1.2 neither without forward secrecy, nor with CBC."""
    client = trusting(authority.file)
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    async with serving(authority.pair("good")) as url:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]), ssl=client)


async def test_a_renewed_certificate_is_shown_without_a_restart(authority: Authority) -> None:
    """What cannot be used is not taken over: the old certificate is shown until a whole pair is there."""
    shown = authority.pair("shown")
    async with serving(shown) as url:
        first = (await greet(url, trusting(authority.file))).expires
        newer = authority.pair("newer", days=90)
        newer.certificate.replace(shown.certificate)
        await asyncio.sleep(0.5)  # without its key it is half a pair
        assert (await greet(url, trusting(authority.file))).expires == first
        newer.key.replace(shown.key)
        async with asyncio.timeout(10):
            while (await greet(url, trusting(authority.file))).expires == first:  # noqa: ASYNC110 - it looks by itself
                await asyncio.sleep(0.1)


async def test_a_client_may_show_a_certificate_of_a_known_authority(
    authority: Authority, tmp_path: Path
) -> None:
    """It reaches the application as it came; none is needed, and one of an unknown authority ends the connection."""
    told: list[bytes] = []

    async def app(scope: Any, _: Any, send: Any) -> None:
        told.append(scope.get("extensions", {}).get("tls", {}).get("client_cert_der", b""))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "Nơi cấp lạ").pair("stranger")
    known = authority.pair("client")
    async with serving(authority.pair("good"), authority.file, app) as url:
        said = []
        for pair in (known, None, stranger):
            tls = trusting(authority.file)
            if pair is not None:
                tls.load_cert_chain(pair.certificate, pair.key)
            said.append(await asked(url, tls))
    assert said[:2] == [204, 204]
    assert isinstance(said[2], Unavailable)
    assert told == [ssl.PEM_cert_to_DER_cert(known.certificate.read_text()), b""]


async def test_our_own_commands_trust_the_certificate_that_we_serve_with(authority: Authority) -> None:
    """By the file, whatever host it is for; and no other certificate of the same authority."""
    pair = authority.pair("published", hosts=("truc.tinh.example",))
    async with serving(pair) as url:
        assert await asked(url, trusting_alone(pair.certificate)) == 200
        fault = await asked(url, trusting_alone(authority.pair("another").certificate))
    assert isinstance(fault, Unavailable)
    assert fault.cause == "certificate-refused"


def test_wrong_files_are_told_before_the_start(authority: Authority, tmp_path: Path) -> None:
    """The fault names the file and what is wrong with it."""
    pair, other = authority.pair("one"), authority.pair("other")
    env = {"LGSP_TLS_CERT": str(pair.certificate), "LGSP_TLS_KEY": str(pair.key)}
    assert read_settings(env).tls is not None
    for wrong, why in (
        ({"LGSP_TLS_KEY": ""}, "give both"),
        ({"LGSP_TLS_KEY": str(other.key)}, "KEY_VALUES_MISMATCH"),
        ({"LGSP_TLS_CERT": str(tmp_path / "none.pem")}, "No such file"),
        ({"LGSP_TLS_CLIENT_CA": str(pair.key)}, "NO_CERTIFICATE_OR_CRL_FOUND"),
    ):
        with pytest.raises(ConfigError, match=why):
            read_settings(env | wrong)


def test_a_systems_authority_is_a_file_that_can_be_read(authority: Authority, tmp_path: Path) -> None:
    """`deliver.ca` is read when the system is made."""
    from lgsp.counterparts import counterparts

    text = "systems: {{one: {{adapter: one_stop, deliver: {{ca: '{}'}}}}}}\nroutes: []\n"
    assert counterparts(parse_routes(text.format(authority.file)), NOWHERE)
    for wrong in (tmp_path / "none.pem", authority.pair("x").key):
        with pytest.raises(ConfigError, match=r"systems.one.deliver.ca"):
            counterparts(parse_routes(text.format(wrong)), NOWHERE)
