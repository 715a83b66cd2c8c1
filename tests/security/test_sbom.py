"""The bill of materials names everything that is installed or shown, with its hashes, and is CycloneDX."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shape import ROOT
from tests.test_repository import REGISTRIES


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bill as `make wheel` writes it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, ROOT / "scripts/sbom", folder], check=True, capture_output=True)
    (path,) = folder.glob("lgsp-*.cdx.json")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, Any]:
    """Its components, by their package URLs."""
    return {one["purl"]: one for one in json.loads(text)["components"]}


def test_it_is_what_it_says_it_is(text: str) -> None:
    """CycloneDX 1.6, by the schema of its makers."""
    # makes grammars for seconds when it is imported, which only this test is to wait for
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    said = json.loads(text)
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_everything_that_is_locked_stands_in_it_with_its_hashes(components: dict[str, Any]) -> None:
    """Each line of the lock, and each package that a browser gets; neither more nor less."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    expected = {}
    for line in filter(None, map(str.strip, lock.splitlines())):
        name, version = re.match(r"([^=]+)==(\S+)", line).groups()  # type: ignore[union-attr]
        expected[f"pkg:pypi/{name}@{version}"] = set(re.findall(r"sha256:(\w+)", line))
    python = {purl: one for purl, one in components.items() if purl.startswith("pkg:pypi/")}
    assert {purl: {h["content"] for h in one["hashes"]} for purl, one in python.items()} == expected
    console = json.loads((ROOT / "lgsp/console/package-lock.json").read_text(encoding="utf-8"))["packages"]
    shown = {
        place.removeprefix("node_modules/") for place, one in console.items() if place and not one.get("dev")
    }
    npm = [one for purl, one in components.items() if purl.startswith("pkg:npm/")]
    assert {f"{one['group']}/{one['name']}" if "group" in one else one["name"] for one in npm} == shown
    assert all(len(one["hashes"][0]["content"]) == 128 for one in npm)


def test_the_same_sources_have_the_same_bill(text: str, tmp_path: Path) -> None:
    """So that two builds can be compared: nothing in it is drawn by chance or by the clock."""
    subprocess.run([sys.executable, ROOT / "scripts/sbom", tmp_path], check=True, capture_output=True)
    assert next(tmp_path.iterdir()).read_text(encoding="utf-8") == text


def test_it_names_no_registry(text: str) -> None:
    """Where packages come from is for the machine to say that installs them."""
    assert [host for host in REGISTRIES if host in text] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock", "requirements-dev.lock"])
def test_a_lock_takes_no_version_that_was_never_finished(name: str) -> None:
    """No pre-release, no local build, no address instead of a version: what can be told of a lock offline."""
    text = (ROOT / name).read_text(encoding="utf-8")
    versions = re.findall(r"^[a-z0-9.-]+==([^\s;\\]+)", text, re.MULTILINE)
    assert versions
    assert [one for one in versions if not re.fullmatch(r"\d+(\.\d+)*(\.post\d+)?", one)] == []
    assert " @ " not in text
