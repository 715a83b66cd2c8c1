"""The compose files, the image and the proxy: what can be known of them without starting a container."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lgsp.api.site import BODY_LIMIT

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose"
FILES = ("one-host", "three-hosts")
TOP = {"name", "services", "networks", "volumes", "configs", "secrets"}
SERVICE = {
    "cap_add", "cap_drop", "command", "configs", "depends_on", "deploy", "entrypoint", "environment", "extra_hosts",
    "healthcheck", "hostname", "image", "logging", "network_mode", "networks", "ports", "profiles", "read_only",
    "restart", "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
"""Keys of the compose specification that our files use; another one is a slip, or belongs here."""
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?")
SECRET = re.compile(r"PASS(WORD)?$|TOKEN|SECRET|COOKIE")
ONE_SHOT = {"setup"}


def load(name: str) -> dict[str, Any]:
    """Return a compose file, with its anchors merged."""
    content: dict[str, Any] = YAML(typ="safe").load(COMPOSE / f"{name}.yaml")
    return content


def example(name: str) -> dict[str, str]:
    """Return the variables of a file's example environment."""
    lines = (COMPOSE / f"{name}.env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def named(entries: Any) -> set[str]:
    """Return the names in a list of short and long entries."""
    return {one if isinstance(one, str) else one["source"] for one in entries or ()}


SERVICES = [(file, name, service) for file in FILES for name, service in load(file)["services"].items()]
each_file = pytest.mark.parametrize("file", FILES)
each_service = pytest.mark.parametrize(
    ("file", "name", "service"), SERVICES, ids=[f"{file}-{name}" for file, name, _ in SERVICES]
)


@each_file
def test_a_file_has_the_parts_of_the_specification(file: str) -> None:
    """Nothing stands at the top that compose does not know; extensions begin with x-."""
    assert {key for key in load(file) if not key.startswith("x-")} <= TOP


@each_service
def test_a_service_has_only_keys_that_we_mean(file: str, name: str, service: dict[str, Any]) -> None:
    """A key that is spelt wrong would be ignored, or refused only on the day of the installation."""
    assert service.keys() <= SERVICE, (file, name)


@each_service
def test_an_image_is_pinned(file: str, name: str, service: dict[str, Any]) -> None:
    """Each image names a version; the gateway's own comes from the environment, whose example pins it."""
    image = service["image"].replace("${IMAGE}", example(file)["IMAGE"])
    assert PINNED.fullmatch(image), name


@each_service
def test_what_a_service_uses_is_declared(file: str, name: str, service: dict[str, Any]) -> None:
    """Networks, volumes, secrets and configs that a service names stand at the top of its file."""
    top = load(file)
    for kind in ("networks", "secrets", "configs"):
        assert named(service.get(kind)) <= set(top[kind]), (name, kind)
    volumes = {one["source"] for one in service.get("volumes", ()) if one["type"] == "volume"}
    assert volumes <= set(top["volumes"]), name
    assert bool(service.get("networks")) != bool(service.get("network_mode")), name


@each_file
def test_what_is_declared_is_used(file: str) -> None:
    """Nothing stands at the top that no service needs."""
    top = load(file)
    services = top["services"].values()
    for kind in ("networks", "secrets", "configs", "volumes"):
        used = {
            one if isinstance(one, str) else one["source"]
            for service in services
            for one in service.get(kind, ())
        }
        assert set(top[kind]) <= used, kind


@each_service
def test_a_service_waits_for_others_that_are_there_and_can_be_well(
    file: str, name: str, service: dict[str, Any]
) -> None:
    """Who is waited for exists, and has a health check where its health is waited for."""
    services = load(file)["services"]
    for other, rule in service.get("depends_on", {}).items():
        assert other in services, name
        if rule["condition"] == "service_healthy":
            assert "test" in services[other]["healthcheck"], other
        else:
            assert rule["condition"] == "service_completed_successfully"
            assert other in ONE_SHOT


@each_service
def test_a_service_is_watched_bounded_and_rotates_its_logs(
    file: str, name: str, service: dict[str, Any]
) -> None:
    """It has a health check, a bound on memory, CPU and processes, few rights, and logs that do not fill the disk."""
    assert ("test" in service["healthcheck"]) != (name in ONE_SHOT), file
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"]


@each_service
def test_a_gateway_writes_only_where_it_keeps_something(
    file: str, name: str, service: dict[str, Any]
) -> None:
    """Our own image runs with a root file system that it cannot write."""
    ours = service["image"] == "${IMAGE}"
    assert not ours or service["read_only"] is True, (file, name)


@each_service
def test_a_port_is_bound_to_one_address(file: str, name: str, service: dict[str, Any]) -> None:
    """No port is open on every address of the host; only the proxy's is for the world."""
    for port in service.get("ports", ()):
        assert port["host_ip"] in ("${ADDRESS}", "${PUBLIC_ADDRESS}"), (file, name)
        assert (port["host_ip"] == "${PUBLIC_ADDRESS}") == (name == "proxy")


@each_service
def test_no_secret_stands_in_an_environment(file: str, name: str, service: dict[str, Any]) -> None:
    """Secrets are files; the environment names at most the file."""
    assert [key for key in service.get("environment", {}) if SECRET.search(key)] == [], (file, name)


@each_file
def test_the_example_environment_is_what_the_file_asks_for(file: str) -> None:
    """Every variable is in the example, and nothing else is; no value is a secret."""
    text = (COMPOSE / f"{file}.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)[^}]*\}", text))
    assert asked == set(example(file))
    assert [key for key in example(file) if SECRET.search(key)] == []


@each_file
def test_every_file_that_is_mounted_is_there_or_is_explained(file: str) -> None:
    """Configs are in the repository; secrets are not, and their README tells what goes into each."""
    top = load(file)
    assert [one["file"] for one in top["configs"].values() if not (COMPOSE / one["file"]).is_file()] == []
    told = (COMPOSE / "secrets" / "README.md").read_text(encoding="utf-8")
    secrets = {Path(one["file"]) for one in top["secrets"].values()}
    assert {path.parent for path in secrets} == {Path("secrets")}
    assert [path.name for path in secrets if f"`{path.name}`" not in told] == []


def test_no_secret_is_in_the_repository() -> None:
    """Beside its README the folder of secrets holds only the rule that keeps them out of git."""
    kept = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "."],
        cwd=COMPOSE / "secrets", check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert set(kept.stdout.split()) == {".gitignore", "README.md"}


def test_the_image_is_pinned_small_in_rights_and_watched() -> None:
    """Pinned bases, an account that is not root, hashes for all that is installed, and a health check."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    versions = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE))
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    for base in bases:
        assert PINNED.fullmatch(base.replace("${PYTHON}", versions["PYTHON"])), base
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["10001:10001"]
    assert "--require-hashes" in text
    assert "HEALTHCHECK" in text
    assert not re.search(r"^ADD ", text, re.MULTILINE)
    root = DEPLOY.parent
    copied = re.findall(r"^COPY (?:--chmod=\d+ )?((?!--from)\S.*) \S+$", text, re.MULTILINE)
    made = {"dist/lgsp-*.whl"}
    assert [
        one for line in copied for one in line.split() if one not in made and not (root / one).exists()
    ] == []


def test_the_proxy_takes_bodies_as_large_as_the_gateway_does() -> None:
    """What the gateway would take is not turned away before it, and nothing larger reaches it."""
    text = (DEPLOY / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    assert f"max_size {BODY_LIMIT // 1024 // 1024}MiB" in text
    assert text.count("{") == text.count("}")
    assert "respond /health/* 404" in text
