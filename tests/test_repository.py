"""What is true of the repository as a whole: nothing of one machine in it, locks that hold, documents that are true."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

from lgsp.api.door import Door
from lgsp.api.site import site
from lgsp.cli import app
from lgsp.oidc.agreement import KNOWN as OF_OIDC
from tests.asgi import call

ROOT = Path(__file__).parents[1]

REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("proxy", "golang", "org"),
    )
]
"""Put together here, so that this file does not name them either."""

MACHINE = re.compile(r"(?<![\w.])/(?:(?:work|root|home)/\w|opt/(?:pypi|wheels))")
CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7}) ", re.MULTILINE)

LOCKED = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>\S+)(?: ; .+?)?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]+)[^)]*\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?<![\w/.-])(?<!-u )lgsp ([a-z][a-z-]*)([^\n`|#;&]*)")
TARGET = re.compile(
    r"(?<![\w-])(?<!credentials )(?<!keys )make ([a-z]+)"
)  # not our own commands of that name
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
VARIABLE = re.compile(r"\bLGSP_[A-Z0-9_]*[A-Z0-9]")
ENDPOINT = re.compile(r"^\| `(GET|POST|PUT|PATCH|DELETE) (/[^`]*)`", re.MULTILINE)


def _committed() -> list[Path]:
    """Return what is committed, or would be by `git add --all`."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in sorted(set(told.split("\0")) - {""}) if (path := ROOT / name).is_file()]


def _lines_that(pattern: re.Pattern[str]) -> list[str]:
    """Return each place in the committed text files where a pattern is found."""
    found = []
    for path in _committed():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    return found


def _documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _code(path: Path) -> Iterator[str]:
    yield from CODE.findall(path.read_text(encoding="utf-8"))


def test_nothing_names_the_host_of_a_package_registry() -> None:
    """Where packages come from is for the machine to say that installs them, not for us."""
    assert _lines_that(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_nothing_names_a_path_of_one_machine() -> None:
    """No file holds a path that exists on one developer's machine only."""
    assert _lines_that(MACHINE) == []


def test_no_conflict_was_left_unresolved() -> None:
    """No file holds the marks of a merge that somebody has yet to decide."""
    assert _lines_that(CONFLICT) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_everything_with_hashes(name: str) -> None:
    """Each line of a lock is one version and its hashes: no address, no option, nothing that floats."""
    assert [line for line in _lock_lines(name) if not LOCKED.fullmatch(line)] == []


def test_the_lock_of_the_console_pins_everything_with_hashes() -> None:
    """What a browser loads is held to a version and a hash, and no address stands beside it."""
    text = (ROOT / "lgsp/console/package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    packages = {name: said for name, said in json.loads(text)["packages"].items() if name}
    assert packages
    assert [name for name, said in packages.items() if not {"version", "integrity"} <= said.keys()] == []


def test_the_locks_agree_with_each_other_and_with_the_project() -> None:
    """Every declared dependency is pinned to a version that it allows, and to the same one in each lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-build.lock": project["build-system"]["requires"],
        "requirements-dev.lock": project["project"]["optional-dependencies"]["dev"],
    }
    for name, requirements in asked.items():
        pinned = _pinned(name)
        for one in map(Requirement, requirements):
            assert one.specifier.contains(pinned[canonicalize_name(one.name)]), (
                f"{name}: {one}; run `make lock`"
            )
    together: dict[str, str] = {}
    for name in LOCKS:
        pinned = _pinned(name)
        assert {n: v for n, v in pinned.items() if together.get(n, v) != v} == {}, f"{name}; run `make lock`"
        together |= pinned


def _lock_lines(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [" ".join(line.split()) for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def _pinned(name: str) -> dict[str, str]:
    found = (LOCKED.fullmatch(line) for line in _lock_lines(name))
    return {canonicalize_name(one["name"]): one["version"] for one in found if one}


@pytest.mark.parametrize("path", _documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(path: Path) -> None:
    """A relative link names a file that is there."""
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_command_in_the_documents_exists() -> None:
    """Each `lgsp …` and `make …` that the documents show is there, with the options that they give it."""
    wrong = [fault for path in _documents() for span in _code(path) for fault in _unknown(path, span)]
    assert wrong == []


def _unknown(path: Path, span: str) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for target in TARGET.findall(span):
        if target not in targets:
            yield f"{path.name}: make {target}"
    for command, rest in COMMAND.findall(span):
        known = _options(command)
        if known is None:
            yield f"{path.name}: lgsp {command}"
        else:
            yield from (f"{path.name}: lgsp {command} {o}" for o in OPTION.findall(rest) if o not in known)


@cache
@cache
def _options(*command: str) -> set[str] | None:
    """Return the options that a command's help shows, with those of its parts; None for no such command."""
    wide = {"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}
    told = CliRunner().invoke(app, [*command, "--help"], env=wide, prog_name="lgsp")
    if told.exit_code != 0:
        return None
    parts = re.findall(r"^  ([a-z][a-z-]*)", told.stdout.partition("\nCommands:\n")[2], re.MULTILINE)
    inside = set().union(*(_options(*command, part) or set() for part in parts))
    return inside | set(re.findall(r"--[a-z][a-z-]*", told.stdout))


def test_every_variable_in_the_documents_is_read_somewhere() -> None:
    """Each `LGSP_…` variable that the documents name stands in the code or in the packed `routes.yaml`."""
    sources = [*(ROOT / "lgsp").rglob("*.py"), ROOT / "routes.yaml", ROOT / "Makefile"]
    read = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    read |= {f"LGSP_OIDC_{name}" for name in OF_OIDC}
    named = {name for path in _documents() for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert {name for name in named if name not in read and not name.startswith("LGSP_TOKEN_")} == set()


async def test_the_documented_endpoints_are_those_that_are_served() -> None:
    """The table of docs/api.md and the application name the same endpoints."""
    told = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    gateway = SimpleNamespace(counterparts={}, journal=None)
    desk: Any = SimpleNamespace(gateway=gateway, door=Door({}, ""), gate=None, passwords=None)
    openapi = await call(site(desk, lambda _: None), "GET", "/openapi.json")
    served = {(verb.upper(), path) for path, verbs in openapi.json()["paths"].items() for verb in verbs}
    assert set(ENDPOINT.findall(told)) == served
