"""What an address shows of itself: a table of those that the portal can, and cannot, fetch from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.reachable import Why, loops_back, parts, standing

REACHABLE = [
    "https://dichvucong.example.gov.vn/tep/1.pdf",
    "http://dichvucong.example.gov.vn",
    "HTTPS://Tep.Example.Gov.VN:8443/a?x=http://10.0.0.1/",
    " https://tep.example.gov.vn/a ",
    "https://tep.example.gov.vn./a",
    "https://tep_1.example.gov.vn/a",
    "https://bản-đồ.vn/a",
    "http://8.8.8.8/a",
    "http://[2001:4860:4860::8888]:8080/a",
    "https://tep.example.gov.vn/a.pdf##b.pdf",
    "http://172.32.0.1/a",
    "http://100.128.0.1/a",
    "https://internal.example.vn/a",
    "https://local.vn/a",
]
UNREACHABLE = [
    ("http://10.0.0.1/a", "10.0.0.1", Why.PRIVATE_ADDRESS),
    ("http://172.16.9.9:8080/a", "172.16.9.9", Why.PRIVATE_ADDRESS),
    ("http://192.168.1.1/a", "192.168.1.1", Why.PRIVATE_ADDRESS),
    ("http://127.0.0.1/a", "127.0.0.1", Why.PRIVATE_ADDRESS),
    ("http://169.254.169.254/latest", "169.254.169.254", Why.PRIVATE_ADDRESS),
    ("http://100.64.0.1/a", "100.64.0.1", Why.PRIVATE_ADDRESS),
    ("http://0.0.0.0/a", "0.0.0.0", Why.PRIVATE_ADDRESS),
    ("http://224.0.0.1/a", "224.0.0.1", Why.PRIVATE_ADDRESS),
    ("http://255.255.255.255/a", "255.255.255.255", Why.PRIVATE_ADDRESS),
    ("http://127.1/a", "127.1", Why.PRIVATE_ADDRESS),
    ("http://2130706433/a", "2130706433", Why.PRIVATE_ADDRESS),
    ("http://0x7f.0.0.1/a", "0x7f.0.0.1", Why.PRIVATE_ADDRESS),
    ("http://0177.0.0.1/a", "0177.0.0.1", Why.PRIVATE_ADDRESS),
    ("http://010.0.0.1/a", "010.0.0.1", None),
    ("http://１２７.0.0.1/a", "127.0.0.1", Why.PRIVATE_ADDRESS),
    ("http://[::1]/a", "::1", Why.PRIVATE_ADDRESS),
    ("http://[fe80::1%25eth0]/a", "fe80::1%25eth0", Why.PRIVATE_ADDRESS),
    ("http://[fd12:3456::1]/a", "fd12:3456::1", Why.PRIVATE_ADDRESS),
    ("http://[::ffff:10.0.0.1]/a", "::ffff:10.0.0.1", Why.PRIVATE_ADDRESS),
    ("http://[2002:0a00:0001::]/a", "2002:0a00:0001::", Why.PRIVATE_ADDRESS),
    ("http://fileserver/a", "fileserver", Why.SINGLE_LABEL),
    ("http://localhost:8080/a", "localhost", Why.PRIVATE_NAME),
    ("http://tep.so.lan/a", "tep.so.lan", Why.PRIVATE_NAME),
    ("http://tep.local/a", "tep.local", Why.PRIVATE_NAME),
    ("http://tep.internal./a", "tep.internal", Why.PRIVATE_NAME),
    ("http://nas.home.arpa/a", "nas.home.arpa", Why.PRIVATE_NAME),
    ("https://user:pass@tep.example.gov.vn/a", "tep.example.gov.vn", Why.CREDENTIALS),
    ("https://@tep.example.gov.vn@10.0.0.1/a", "10.0.0.1", Why.PRIVATE_ADDRESS),
    ("ftp://tep.example.gov.vn/a", "ftp:", Why.NOT_WEB),
    ("file:///c:/tep.pdf", "file:", Why.NOT_WEB),
    ("C:\\tep\\1.pdf", "c:", Why.NOT_WEB),
    ("/documents/1.pdf", "", Why.NOT_WEB),
    ("//tep.example.gov.vn/a", "", Why.NOT_WEB),
    ("tep.pdf", "", Why.NOT_WEB),
    ("http:///a", "", Why.NO_HOST),
    ("http://:80/a", "", Why.NO_HOST),
    ("http://a..b.vn/", "a..b.vn", Why.NO_HOST),
    ("http://tep.example.gov.vn:99999/", "", Why.NO_HOST),
    ("http://tep.example.gov.vn:x/", "", Why.NO_HOST),
    ("http://1.2.3.4.5/", "1.2.3.4.5", Why.NO_HOST),
    ("http://256.1.1.1/", "256.1.1.1", Why.NO_HOST),
    ("http://[::1/", "", Why.NO_HOST),
    ("http://tep example.vn/", "tep example.vn", Why.NO_HOST),
    (f"http://{'a' * 64}.vn/", f"{'a' * 64}.vn", Why.NO_HOST),
]


@pytest.mark.parametrize("url", REACHABLE)
def test_what_may_be_reached_is_no_finding(url: str) -> None:
    """A public name or address of the web, whatever stands behind it."""
    assert standing(url).why is None


@pytest.mark.parametrize(("url", "host", "why"), UNREACHABLE)
def test_what_cannot_be_reached_says_why(url: str, host: str, why: Why | None) -> None:
    """Closed networks, in every form that clients read, and what is no address of the web."""
    assert standing(url)[::2] == (host, why)


@given(st.text(max_size=60))
def test_any_text_has_a_standing(text: str) -> None:
    """Senders write anything into an address: nothing of it breaks, and what can be asked reads one way."""
    for url in (text, f"http://{text}", f"https://a.vn{text}"):
        standing(url)
        found = parts(url)
        if found is not None:
            again = parts(found.url)
            assert again is not None
            assert (again.host, again.port) == (found.host, found.port)


def test_it_costs_next_to_nothing() -> None:
    """It stands on the way of each dossier: a host that was seen before costs no more than microseconds."""
    url = "https://tep.example.gov.vn/documents/1/2/3/don.pdf?t=1&download=true"
    best = min(_seconds(url) for _ in range(5))
    assert best / 1000 < 10e-6


def _seconds(url: str) -> float:
    begun = time.perf_counter()
    for _ in range(1000):
        standing(url)
    return time.perf_counter() - begun


@pytest.mark.parametrize(
    ("address", "loops"),
    [
        ("127.0.0.1", True), ("::1", True), ("169.254.169.254", True), ("fe80::1%eth0", True),
        ("0.0.0.0", True), ("::ffff:127.0.0.1", True), ("224.0.0.1", True), ("no address", True),
        ("10.0.0.1", False), ("192.168.0.1", False), ("fd00::1", False), ("8.8.8.8", False),
    ],
)  # fmt: skip
def test_names_may_lead_into_the_network_and_not_to_this_machine(address: str, loops: bool) -> None:
    """Sources lie in the closed network; nothing of theirs lies on our own machine or link."""
    assert loops_back(address) is loops
