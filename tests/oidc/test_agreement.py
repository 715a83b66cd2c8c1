"""What the settings of a provider say, and who somebody is by what a provider says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lgsp.errors import ConfigError
from lgsp.journal.people import Role
from lgsp.journal.reaching import EVERYTHING, Reach
from lgsp.oidc.agreement import Agreement, Rule, agreement_of, groups_of, rules_of, safe
from lgsp.settings import read_settings

TOLD = {"ISSUER": "https://sign-in.example", "CLIENT_ID": "lgsp", "ROLES": "desk=operator"}


def test_without_a_setting_there_is_no_provider() -> None:
    """An installation that says nothing of it has none, and one that does reads it from the environment."""
    assert agreement_of({}) is None
    env = {f"LGSP_OIDC_{name}": value for name, value in TOLD.items()} | {"HOME": "/nowhere"}
    found = agreement_of(read_settings(env).oidc)
    assert found is not None
    assert (found.issuer, found.client, found.claim, found.scopes) == (
        TOLD["ISSUER"], "lgsp", "groups", "openid profile email",
    )  # fmt: skip
    assert "secret" not in repr(agreement_of(TOLD | {"CLIENT_SECRET": "the secret"}))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ISSUER": ""}, "LGSP_OIDC_ISSUER"),
        ({"CLIENT_ID": ""}, "LGSP_OIDC_CLIENT_ID"),
        ({"ROLES": ""}, "LGSP_OIDC_ROLES"),
        ({"ISSUER": "http://sign-in.example"}, "LGSP_OIDC_ISSUER"),
        ({"RETURN": "ftp://x"}, "LGSP_OIDC_RETURN"),
        ({"ROLE": "x"}, "LGSP_OIDC_ROLE"),
        ({"ROLES": "desk=king"}, "LGSP_OIDC_ROLES"),
        ({"ROLES": "desk"}, "LGSP_OIDC_ROLES"),
        ({"ROLES": "desk=operator systems:"}, "LGSP_OIDC_ROLES"),
        ({"ROLES": "desk=operator agencies:not-one!"}, "LGSP_OIDC_ROLES"),
        ({"ROLES": "desk=operator towns:Vinh"}, "LGSP_OIDC_ROLES"),
        ({"CLIENT_SECRET_FILE": "/nowhere/at-all"}, "LGSP_OIDC_CLIENT_SECRET_FILE"),
        ({"CLIENT_SECRET_FILE": "/dev/null", "CLIENT_SECRET": "x"}, "LGSP_OIDC_CLIENT_SECRET_FILE"),
    ],
)
def test_a_fault_names_its_setting(changed: dict[str, str], named: str) -> None:
    """Whoever mends it knows where, and no secret stands in the text."""
    with pytest.raises(ConfigError) as fault:
        agreement_of(TOLD | changed)
    assert any(one.startswith(f"{named}:") for one in fault.value.faults)


def test_all_faults_are_told_at_once() -> None:
    """A second start does not find the next one."""
    with pytest.raises(ConfigError) as fault:
        agreement_of({"NAME": "SSO"})
    assert len(fault.value.faults) == 3


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """As the secrets of systems do; the line's end does not belong to it."""
    file = tmp_path / "secret"
    file.write_text("in a file\n", encoding="utf-8")
    found = agreement_of(TOLD | {"CLIENT_SECRET_FILE": str(file)})
    assert found is not None
    assert found.secret == "in a file"


def test_a_group_may_be_written_as_directories_do() -> None:
    """Only the last sign of a rule is the rule's own; limits stand behind the role."""
    text = (
        "CN=LGSP,OU=So TTTT=administrator; desk = operator systems:one-stop,dms agencies:00.11.H44 ;*=viewer;"
    )
    assert list(rules_of(text)) == [
        Rule("CN=LGSP,OU=So TTTT", Role.ADMINISTRATOR),
        Rule("desk", Role.OPERATOR, Reach(frozenset({"one-stop", "dms"}), frozenset(), ("H44.11",))),
        Rule("*", Role.VIEWER, EVERYTHING),
    ]


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({}, None),
        ({"groups": []}, None),
        ({"groups": ["others"]}, None),
        ({"groups": "desk"}, Role.OPERATOR),
        ({"groups": ["auditors", "desk"]}, Role.OPERATOR),
        ({"groups": ["auditors", 7, None]}, Role.AUDITOR),
        ({"groups": {"desk": True}}, None),
        ({"groups": "desk auditors"}, None),
        ({"groups": ["*"]}, None),
    ],
)
def test_the_first_rule_that_fits_counts_and_by_none_there_is_no_role(
    claims: dict[str, Any], role: Role | None
) -> None:
    """Who is in no group that is written down is nobody here, whatever else the provider says."""
    one = Agreement("https://x", "lgsp", rules=list(rules_of("desk=operator;auditors=auditor")))
    assert one.vouched({"sub": "s-1"} | claims).role is role


def test_a_claim_may_stand_inside_another() -> None:
    """As some providers have it; a claim whose own name has dots comes first."""
    assert groups_of({"realm_access": {"roles": ["a"]}}, "realm_access.roles") == {"a"}
    assert groups_of({"https://x.vn/groups": ["b"]}, "https://x.vn/groups") == {"b"}
    assert groups_of({"realm_access": ["a"]}, "realm_access.roles") == frozenset()


@pytest.mark.parametrize(
    ("claims", "name", "shown"),
    [
        ({"preferred_username": "lan.nguyen", "name": "Nguyễn Thị Lan"}, "lan.nguyen", "Nguyễn Thị Lan"),
        ({"email": "Đức.Trần@so.example"}, "duc.tran", "Đức.Trần@so.example"),
        ({"preferred_username": "SO\\lan"}, "so-lan", "SO\\lan"),
        ({"preferred_username": "ô"}, "", "ô"),
        ({"name": 7}, "", "s-1"),
        ({"name": "x\u202e" * 400}, "", "x" * 120),
    ],
)
def test_a_name_is_made_of_what_the_provider_says(claims: dict[str, Any], name: str, shown: str) -> None:
    """In the form that names have here; none where none can be made."""
    found = Agreement("https://x", "lgsp").vouched({"sub": "s-1"} | claims)
    assert (found.name, found.shown) == (name, shown)


@pytest.mark.parametrize("subject", [None, "", 7, "x" * 256])
def test_somebody_without_a_subject_is_nobody(subject: Any) -> None:
    """The subject is all that stays the same of a person."""
    with pytest.raises(ValueError, match="subject"):
        Agreement("https://x", "lgsp").vouched({"sub": subject})


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://sign-in.example", True),
        ("http://127.0.0.1:9", True),
        ("http://localhost:9", True),
        ("http://[::1]:9", True),
        ("http://sign-in.example", False),
        ("http://127.0.0.1.example", False),
        ("https://", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_nothing_is_sent_in_the_clear(address: str, *, good: bool) -> None:
    """Codes and tokens go by https, or stay on this machine."""
    assert safe(address) is good
