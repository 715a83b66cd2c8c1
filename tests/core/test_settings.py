"""The environment says where things are; journal and broker are of one profile."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from lgsp.errors import ConfigError
from lgsp.settings import read_settings

PRODUCTION = {"LGSP_JOURNAL_URL": "postgresql://u:pw@db/lgsp", "LGSP_BROKER_URL": "amqps://u:pw@mq/lgsp"}


def test_two_addresses_are_all_it_takes(tmp_path: Path) -> None:
    """PostgreSQL and RabbitMQ make the production profile; without them it is the embedded one."""
    production = read_settings(PRODUCTION | {"LGSP_STATE": str(tmp_path)})
    assert (production.embedded, production.state) == (False, tmp_path)
    assert (production.journal_url, production.broker_url) == tuple(PRODUCTION.values())
    embedded = read_settings({"LGSP_STATE": str(tmp_path)})
    assert (embedded.embedded, embedded.journal, embedded.state) == (True, tmp_path / "journal.db", tmp_path)


def test_the_embedded_journal_says_where_state_is(tmp_path: Path) -> None:
    """What one process keeps lies beside its journal."""
    assert read_settings({"LGSP_JOURNAL_URL": f"sqlite:///{tmp_path}/a/j.db"}).state == tmp_path / "a"


@pytest.mark.parametrize(
    ("environment", "mend"),
    [
        ({"LGSP_JOURNAL_URL": PRODUCTION["LGSP_JOURNAL_URL"]}, "set LGSP_BROKER_URL"),
        ({"LGSP_BROKER_URL": PRODUCTION["LGSP_BROKER_URL"]}, "LGSP_JOURNAL_URL does not"),
        ({"LGSP_JOURNAL_URL": "mysql://u:pw@db/x"}, "give sqlite:///path or postgresql://"),
        ({"LGSP_JOURNAL_URL": "sqlite:///"}, "give sqlite:///path or postgresql://"),
        ({**PRODUCTION, "LGSP_BROKER_URL": "redis://u:pw@mq"}, "give amqp://"),
    ],
)
def test_a_mixture_is_refused_with_its_mend(environment: dict[str, str], mend: str) -> None:
    """The fault names the variable and what to set, and no password."""
    with pytest.raises(ConfigError, match=mend) as told:
        read_settings(environment)
    assert "pw" not in str(told.value)


def test_proxies_are_networks_and_by_default_nobody_is_one() -> None:
    """`LGSP_PROXIES` names networks and addresses, by commas."""
    assert read_settings({}).proxies == ()
    said = read_settings({"LGSP_PROXIES": " 10.1.0.0/24, 192.0.2.7,,fd00::/8 "}).proxies
    assert said == (ip_network("10.1.0.0/24"), ip_network("192.0.2.7/32"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    "text", ["proxy.noi-bo.example", "10.1.2.3/8", "10.1.0.0/33", "10.1.0.0/24;10.2.0.0/24"]
)
def test_a_proxy_that_is_no_network_is_told(text: str) -> None:
    """A slip must not end in trusting nobody, or everybody, in silence."""
    with pytest.raises(ConfigError, match="LGSP_PROXIES"):
        read_settings({"LGSP_PROXIES": text})
