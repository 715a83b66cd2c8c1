"""Units, settings, scripts and the example home: each is read by the program that will read it one day."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lgsp.testing.servers.postgres import PostgresServer, postgres_folder
from lgsp.testing.servers.rabbitmq import RabbitServer, rabbitmq_folder
from tests.cli.processes import environment, lgsp
from tests.test_repository import COMMAND, OPTION, VARIABLE, _options

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SYSTEMD = DEPLOY / "systemd"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.name != ".gitignore")
SCRIPTS = [path for path in FILES if path.read_bytes().startswith(b"#!")]
UNITS = sorted(SYSTEMD.glob("lgsp*.[stS]*"))
GATEWAYS = ("lgsp-serve@.service", "lgsp-work@.service", "lgsp-jobs.service")
THEIRS = {"disk_free_limit.absolute", "cluster_partition_handling", "loopback_users.guest"}
"""What the private node sets itself; said twice it would say nothing about our file."""


def missing(what: str) -> None:
    """Skip for lack of a program; in CI nothing may be left out."""
    assert os.environ.get("CI") != "true", f"{what} is not installed; scripts/servers installs it"
    pytest.skip(f"{what} is not installed")


def settings(path: Path) -> dict[str, str]:
    """Return the settings of a file in the form `name = value`."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split(" = ", 1) for line in lines if line and not line.startswith("#"))
    return {name: value.strip("'") for name, value in pairs}


# --- what every file says -------------------------------------------------------------------------------


def words(path: Path) -> str:
    """Return a file with the commands in it as one would type them."""
    text = path.read_text(encoding="utf-8").replace("/opt/lgsp/bin/", "")
    return re.sub(r"[\"',\[\]]", "", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_exists_with_its_options(path: Path) -> None:
    """Each `lgsp …` of a unit, a compose file, a script or a comment is there, with the options it is given."""
    wrong = []
    for command, rest in COMMAND.findall(words(path)):
        known = _options(command)
        wrong += [f"lgsp {command}"] if known is None else []
        wrong += [
            f"lgsp {command} {one}" for one in OPTION.findall(rest) if known is not None and one not in known
        ]
    assert wrong == []


def test_commands_are_found_where_they_stand() -> None:
    """The search above sees lists, units and scripts alike: else it would find no fault anywhere."""
    found = {command for path in FILES for command, _ in COMMAND.findall(words(path))}
    assert {"serve", "work", "jobs", "migrate", "declare", "publish", "check"} <= found


def test_every_variable_is_read_somewhere() -> None:
    """Each `LGSP_…` variable of these files is one that the gateway or a home reads."""
    sources = [*(ROOT / "lgsp").rglob("*.py"), ROOT / "routes.yaml", DEPLOY / "home" / "routes.yaml"]
    read = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    named = {name for path in FILES for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert {name for name in named if name not in read and not name.startswith("LGSP_TOKEN_")} == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_run_and_read(script: Path) -> None:
    """It is executable, its shell can parse it, and it stops at the first thing that goes wrong."""
    assert os.access(script, os.X_OK)
    shell = "bash" if "bash" in script.read_text(encoding="utf-8").splitlines()[0] else "sh"
    subprocess.run([shell, "-n", script], check=True)
    assert re.search(r"^set -e", script.read_text(encoding="utf-8"), re.MULTILINE)


def test_secrets_become_variables_and_nothing_else_does(tmp_path: Path) -> None:
    """Files named LGSP_… reach the command; others, a line's end and what the shell could expand do not matter."""
    (tmp_path / "LGSP_OPERATOR_TOKEN").write_text("a b$HOME\n", encoding="ascii")
    (tmp_path / "node.key").write_text("key", encoding="ascii")
    told = subprocess.run(
        [DEPLOY / "with-secrets", "env"], check=True, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "CREDENTIALS_DIRECTORY": str(tmp_path)},
    )  # fmt: skip
    assert "LGSP_OPERATOR_TOKEN=a b$HOME\n" in told.stdout
    assert "key" not in told.stdout


def test_old_copies_leave_and_blobs_stay(tmp_path: Path, postgres: PostgresServer) -> None:
    """`backup --keep` keeps so many copies, the newest; a copy that was not finished is not one."""
    for name in ("20260101T000000Z", "20260102T000000Z", "20260103T000000Z.part"):
        (tmp_path / name).mkdir()
    (tmp_path / "blobs").mkdir()
    password = postgres.url.split(":")[2].split("@")[0]
    env = os.environ | {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGUSER": "lgsp",
        "PGPASSWORD": password,
    }
    asked = [
        DEPLOY / "backup",
        tmp_path,
        "--blobs",
        tmp_path / "none",
        "--home",
        DEPLOY / "home",
        "--keep",
        "2",
    ]
    told = subprocess.run(asked, env=env, check=True, capture_output=True, text=True)
    made = Path(told.stdout.strip())
    kept = {path.name for path in tmp_path.iterdir()} - {".lock"}
    assert kept == {"20260102T000000Z", made.name, "blobs"}
    assert (made / "home.tar").is_file()


# --- units ----------------------------------------------------------------------------------------------


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` reads each unit as it would be installed."""
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze")
    here = {"/opt/lgsp/bin/lgsp": sys.executable, "/opt/lgsp/bin/": f"{DEPLOY}/"}
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        for installed, there in here.items():
            text = text.replace(installed, there)
        (tmp_path / unit.name.replace("@.", "@8080.")).write_text(text, encoding="utf-8")
    asked = ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    ours = [line for line in told.stderr.splitlines() if "lgsp" in line]
    assert (ours, len(list(tmp_path.iterdir()))) == ([], 6)


@pytest.mark.parametrize("name", GATEWAYS)
def test_a_process_of_the_gateway_has_few_rights_and_time_to_stop(name: str) -> None:
    """Hardened alike; a stop leaves more time than the gateway takes to finish what is being sent."""
    from lgsp.app import GRACE

    unit = settings_of_unit(SYSTEMD / name)
    wanted = {
        "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
        "CapabilityBoundingSet": "", "User": "lgsp", "UMask": "0077", "StateDirectory": "lgsp", "Restart": "always",
    }  # fmt: skip
    assert {key: unit[key] for key in wanted} == wanted
    assert unit["LoadCredential"] == "LGSP:/etc/lgsp/secrets/"
    assert int(unit["TimeoutStopSec"]) > 2 * GRACE + 10


def settings_of_unit(path: Path) -> dict[str, str]:
    """Return a unit's settings; of one that is given twice the last."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


# --- settings of the servers ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lgsp.conf", "synchronous.conf"])
def test_postgresql_reads_its_settings(name: str, postgres: PostgresServer, tmp_path: Path) -> None:
    """The server itself takes every setting, at the value that stands there."""
    programs = postgres_folder()
    assert programs is not None
    copy = Path(shutil.copy(DEPLOY / "postgresql" / name, postgres.folder / name))
    copy.chmod(0o644)
    asked = settings(copy)
    user = "postgres" if os.geteuid() == 0 else None
    for setting, value in asked.items():
        told = subprocess.run(
            [programs / "postgres", "-D", postgres.folder / "cluster", "-c", f"config_file={copy}", "-C", setting],
            capture_output=True, text=True, check=False, user=user, cwd=postgres.folder,
        )  # fmt: skip
        assert told.returncode == 0, (setting, told.stderr)
        if value.isdigit():
            assert told.stdout.strip() == value


def test_postgresql_has_locks_for_the_lines_of_full_batches() -> None:
    """Each line of a batch takes a lock: two of a thousand at once must fit beside everything else."""
    asked = settings(DEPLOY / "postgresql" / "lgsp.conf")
    assert int(asked["max_locks_per_transaction"]) * int(asked["max_connections"]) > 20_000
    assert (asked["fsync"], asked["synchronous_commit"], asked["full_page_writes"]) == ("on", "on", "on")


def test_rabbitmq_starts_with_its_settings() -> None:
    """A private node takes every line of the file that it does not set itself."""
    if rabbitmq_folder() is None:
        missing("rabbitmq-server")
    asked = settings(DEPLOY / "rabbitmq" / "rabbitmq.conf")
    lines = [
        f"{name} = {value}" for name, value in asked.items() if name not in THEIRS and "log." not in name
    ]
    assert len(lines) >= 3
    with RabbitServer("\n".join(lines)) as node:
        assert node.pid


def test_the_cluster_names_the_nodes_that_the_hosts_are() -> None:
    """The peers of RabbitMQ, the standbys of PostgreSQL and the proxies' gateways are the same three names."""
    peers = settings(DEPLOY / "rabbitmq" / "cluster.conf")
    nodes = [value for name, value in peers.items() if ".nodes." in name]
    assert nodes == ["rabbit@node1", "rabbit@node2", "rabbit@node3"]
    standbys = settings(DEPLOY / "postgresql" / "synchronous.conf")["synchronous_standby_names"]
    assert standbys == "ANY 1 (node2, node3)"
    compose = (DEPLOY / "compose" / "three-hosts.yaml").read_text(encoding="utf-8")
    assert "node1:8080 node2:8080 node3:8080" in compose


# --- the example home -----------------------------------------------------------------------------------


def test_the_example_home_has_no_fault(tmp_path: Path) -> None:
    """`lgsp check` finds nothing to mend in it, and runs its tests."""
    told = lgsp(environment(tmp_path, LGSP_HOME=str(DEPLOY / "home")), "check")
    assert told.returncode == 0, told.stdout + told.stderr
