"""`lgsp check`: every fault of a home at once."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lgsp.app import platform
from lgsp.check import faults, faults_of
from lgsp.cli import app
from lgsp.errors import ConfigError
from lgsp.home import packed
from lgsp.message import Raw
from lgsp.routes import parse_routes
from lgsp.schemas import Types
from lgsp.settings import read_settings

PORTAL = """
  portal:
    adapter: national_portal
    config: {url: "http://127.0.0.1:1/p", username: u, password: p, agency: H44}
"""
SOUND = f"""systems:
  one-stop: {{adapter: one_stop}}{PORTAL}
routes:
  - {{name: dossiers, from: one-stop, type: dossier.v1, to: [portal]}}
  - {{name: progress, from: one-stop, type: dossier.progress.v1, to: [portal]}}
tests:
  - {{from: one-stop, type: dossier.v1, goes: [portal]}}
"""


def found(folder: Path, text: str, journal: Path | None = None) -> list[str]:
    """Return the faults of a home with this `routes.yaml`."""
    path = folder / "routes.yaml"
    path.write_text(text, encoding="utf-8")
    return faults(path, journal)


def test_packed_home_is_sound() -> None:
    """The home that comes with the code has no fault."""
    assert faults(packed() / "routes.yaml") == []


def test_sound_home_has_no_fault(tmp_path: Path) -> None:
    """The home that the other tests spoil is sound before they do."""
    assert found(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("adapter: one_stop", "adapter: two_stop", 2, "adapter 'two_stop': no such folder"),
        ("agency: H44", "agency: H44, colour: red", 5, "config.colour: is not known here; use one of url"),
        ("agency: H44", "timeout: -1", 5, "config.timeout: Input should be greater than 0; mend the value"),
        (", agency: H44", "", 5, "config.agency: is required; add it"),
        ("username: u", 'username: "${env:NOT_SET}"', 5, "config.username: env NOT_SET: is not there"),
        ("username: u", 'username: "${file:/not/there}"', 5, "file /not/there: is not there"),
        ("type: dossier.v1, to", "type: dossier.v9, to", 8, "there is no type 'dossier.v9'"),
        (
            "dossier.v1, to: [portal]",
            "dossier.v1, to: [portal, one-stop]",
            8,
            "one-stop does not take dossier.v1",
        ),
        ("dossiers, from: one-stop", "dossiers, from: portal", 8, "portal does not bring dossier.v1"),
        ("to: [portal]", "to: [portal, nobody]", 8, "names system 'nobody', which is not declared"),
        ("goes: [portal]", "goes: []", 11, "dossier.v1 from one-stop goes to portal, not to nowhere"),
        (
            "{from: one-stop, type: dossier.v1, goes",
            "{from: none, type: dossier.v1, goes",
            11,
            "system 'none'",
        ),
        ("dossier.v1, goes", "letter.v1, goes", 11, "type 'letter.v1', which there is not"),
    ],
)
def test_each_fault_names_its_line_and_its_mend(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    """A fault is told with the line where it stands and with what mends it."""
    told = found(tmp_path, SOUND.replace(old, new, 1))
    named = [fault for fault in told if fault.startswith(f"routes.yaml:{line}: ") and said in fault]
    assert named, told
    assert ";" in named[0]


def test_a_route_to_who_only_answers_is_a_fault() -> None:
    """Nothing would ever be sent there: it has no queue."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    old = "type: dossier.v1, to: [national-portal]}"
    told = faults_of(text.replace(old, old.replace("portal]", "portal, ngsp]")), packed())
    said = "ngsp does not take dossier.v1; it only answers questions; take it out of `to`"
    assert any(fault.endswith(said) for fault in told), told


def test_progress_without_its_dossiers_is_a_fault(tmp_path: Path) -> None:
    """Events must not go to a system to which the type that they wait for never goes."""
    text = SOUND.replace("  - {name: dossiers, from: one-stop, type: dossier.v1, to: [portal]}\n", "")
    assert any("it would wait there for ever" in fault for fault in found(tmp_path, text))


def test_anchor_from_another_source_is_no_anchor(tmp_path: Path) -> None:
    """Dossiers of another system do not help the progress of this one."""
    text = SOUND.replace("routes:", "  other: {adapter: one_stop}\nroutes:", 1)
    text = text.replace("{name: dossiers, from: one-stop", "{name: dossiers, from: other", 1)
    assert any("it would wait there for ever" in fault for fault in found(tmp_path, text))


def test_a_system_has_the_anchors_that_it_brings_itself(tmp_path: Path) -> None:
    """What is said of reports goes back to the system that brings them, to which no report is routed."""
    far = "{url: 'http://127.0.0.1:1', username: u, password: p}"
    local, other = "{adapter: reporting}", "{adapter: one_stop}"
    text = f"""systems:
  local: {local}
  far: {{adapter: national_reporting, config: {far}}}
routes:
  - {{name: reports, from: local, type: report.v1, to: [far]}}
  - {{name: statuses, from: far, type: report.status.v1, to: [local]}}
"""
    assert found(tmp_path, text) == []
    told = found(tmp_path, text.replace(local, other))
    assert any("it would wait there for ever" in fault for fault in told)


def test_a_job_without_the_setting_that_it_needs_is_a_fault(tmp_path: Path) -> None:
    """Files can be fetched only out of a folder; without the job the folder may be left out."""
    text = """systems:
  local:
    adapter: reporting
    config: {agency: H44}
    jobs:
      files: {every: 1m}
"""
    (told,) = found(tmp_path, text)
    assert told.startswith("routes.yaml:6: systems.local: job 'files' needs `config.drop`; add it")
    assert found(tmp_path, text.replace("H44}", "H44, drop: {folder: /srv/reports}}")) == []
    assert found(tmp_path, text.replace("    jobs:\n      files: {every: 1m}\n", "")) == []


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """A part that cannot be read does not hide the faults of the others."""
    text = SOUND.replace("adapter: one_stop", "adapter: one_stop, delivr: {}, config: {colour: red}", 1)
    text = text.replace("agency: H44", "agency: H44, colour: red")
    text = text.replace("name: dossiers,", "name: DOSSIERS,").replace(
        "to: [portal]}\ntests", "to: [nobody]}\ntests"
    )
    told = found(tmp_path, text)
    for said in ("delivr", "portal.config.colour", "routes.0.name", "'nobody'", "goes to nowhere"):
        assert any(said in fault for fault in told), (said, told)
    lines = [int(fault.split(":")[1]) for fault in told]
    assert lines == sorted(lines)


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    """A file that is no YAML has one fault: the line where it breaks."""
    told = found(tmp_path, "systems: {\n  a: [1\n")
    assert len(told) == 1
    assert "not YAML" in told[0]


async def test_system_that_went_with_open_deliveries_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taking a system out while deliveries to it are open is told, from the journal, without a gateway."""
    settings = read_settings({"LGSP_STATE": str(tmp_path)})
    async with platform(settings, parse_routes(SOUND)) as gateway:
        message = Types().message("dossier.v1", {"code": "H44.11-260131-0001", "status": "processing"})
        await gateway.gateway.accept("one-stop", Raw.of(b"{}"), [message])
    text = SOUND.replace(PORTAL, "\n").replace("[portal]", "[]")
    told = found(tmp_path, text, settings.journal)
    assert any("system 'portal' is gone but has open deliveries" in fault for fault in told)
    with pytest.raises(ConfigError, match="portal"):
        async with platform(settings, parse_routes("systems: {one-stop: {adapter: one_stop}}")):
            pass


def test_a_journal_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    """A home that never ran is checked as well, and no journal is made."""
    assert found(tmp_path, SOUND, tmp_path / "journal.db") == []
    assert not (tmp_path / "journal.db").exists()


def test_command_answers_by_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 for a sound home, 1 for one with faults; with --json nothing but one document is printed."""
    monkeypatch.setenv("LGSP_STATE", str(tmp_path / "state"))
    (tmp_path / "routes.yaml").write_text(SOUND, encoding="utf-8")
    monkeypatch.setenv("LGSP_HOME", str(tmp_path))
    assert CliRunner().invoke(app, ["check"]).exit_code == 0
    monkeypatch.setenv("LGSP_BROKER_URL", "amqp://u:secret@rabbit")
    told = CliRunner().invoke(app, ["check", "--json"])
    assert told.exit_code == 1
    document = json.loads(told.stdout)
    assert document["home"] == str(tmp_path)
    assert len(document["faults"]) == 1
    assert "secret" not in told.output


def test_home_that_is_not_there_is_a_misuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that is no home ends with exit code 2 and one line."""
    monkeypatch.setenv("LGSP_HOME", str(tmp_path / "none"))
    told = CliRunner().invoke(app, ["check"])
    assert told.exit_code == 2
    assert len(told.stderr.splitlines()) == 1
