"""The catalogue and the source agree: what can be raised is explained, and what is explained can be raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from lgsp.broker.standing import BrokerFault
from lgsp.catalogue_closing import CLOSED, LISTED_AGAIN
from lgsp.console.faults import FAULTS
from lgsp.domain.catalogued import RULES
from lgsp.domain.causes import CAUSES
from lgsp.errors import Conflict, Forbidden, Invalid
from lgsp.formats.dossier_sync import (
    FEE,
    IDENTITY,
    OTHER_PAPER,
    PAPER,
    RESULT,
    SUPPLEMENT,
    dossier_table,
    progress_table,
)
from lgsp.journal.catalogues import ABSENT, UNLISTED
from lgsp.journal.checks import WAITS
from lgsp.journal.states import DEAD
from lgsp.route_checks import CAUSES as OF_CHECKS
from lgsp.wire.pades import FINDINGS as OF_SIGNATURES

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ELSEWHERE = ("bench", "demo", "drill", "testing")
"""Parts whose codes never reach an operator: they play the far side, or measure."""
SPEAKS = ("lgsp/domain/figures/", "lgsp/journal/seal_")
"""What is found in a published table, or in the sealed log, has words of its own, with the facts in them."""

PLACES = {
    "Problem": 1, "Finding": 0, "odd": 0, "odd_word": 0, "unreadable": 0, "wrong": 0, "Refused": 0,
    "Unavailable": 0, "Uncertain": 0,
    "ApiError": 1, "problem": 1, "suspend": 0, "_stand": 1, "_outcome": "cause", "befell": "cause",
    "_not_ready": 0, "_symptom": 1, "Wrong": 0, "Unusable": 0, "NoAnswer": 1, "Ended": 3,
}  # fmt: skip
"""Who names a cause, and where: the place of the argument, or its name."""

FROM_TABLES = {
    "adapters/document_axis/answers.py", "adapters/document_axis/outgoing.py",
    "adapters/national_portal/__init__.py", "adapters/national_portal/catalogues.py",
    "adapters/national_portal/portal.py", "adapters/national_reporting/answers.py",
    "adapters/national_reporting/receiver.py", "lgsp/alerts/post.py",
    "adapters/ngsp/calling.py", "adapters/ngsp/civil_status.py", "adapters/ngsp/faults.py", "adapters/ngsp/meaning.py",
    "adapters/population_db/__init__.py", "adapters/population_db/answers.py", "lgsp/wire/soap.py",
    "adapters/one_stop/holdings.py", "lgsp/domain/agencies/admitting.py", "lgsp/formats/edxml/elements.py",
    "lgsp/formats/edxml/keeping.py",
    "lgsp/formats/edxml/notes.py", "lgsp/formats/edxml/reading.py", "lgsp/formats/edxml/signature.py",
    "adapters/reporting/drafts.py",
    "lgsp/formats/fields.py", "lgsp/gateway.py", "lgsp/health.py",
    "lgsp/schemas.py", "lgsp/wire/http.py", "lgsp/wire/pades/attesting.py",
    "lgsp/catalogue.py", "lgsp/catalogue_closing.py", "lgsp/checking/checks.py", "lgsp/checking/judging.py", "lgsp/journal/checks_held.py", "lgsp/domain/catalogued.py", "lgsp/shadowing.py",
    "lgsp/validating.py", "lgsp/journal/claiming.py", "lgsp/console/room.py", "lgsp/credentials/making.py",
}  # fmt: skip
"""Files that take a code from a table, which a test below looks at, or from another line of the source."""

HANDED_ON = {
    "adapters/population_db/faults.py",
    "lgsp/journal/promoting.py",  # what ends unsent, for the cause that its callers name
    "lgsp/api/files.py", "lgsp/api/foresight.py", "lgsp/api/people.py", "lgsp/api/resends.py", "lgsp/api/seeking.py", "lgsp/console/message_view.py",
    "lgsp/console/cut_over_shadow.py", "lgsp/console/reconciliation_start.py",
    "lgsp/console/problems_door.py", "lgsp/console/routes_trial.py", "lgsp/console/threads_walk.py",
    "lgsp/journal/correcting.py",
    "adapters/reporting/answers.py", "adapters/reporting/figures.py", "lgsp/api/report_files.py", "lgsp/api/reports.py", "lgsp/formats/sheets/faults.py", "lgsp/formats/sheets/reading.py",
    "lgsp/api/problems.py", "lgsp/api/faults.py", "lgsp/api/tollgate.py", "lgsp/cli/codes.py", "lgsp/cli/edxml.py", "lgsp/cli/preview.py", "lgsp/cli/systems.py",
    "lgsp/cli/walk.py", "lgsp/domain/agencies/facts.py", "lgsp/domain/causes.py",
    "lgsp/domain/causes_named.py", "lgsp/domain/reconciling/judging.py", "lgsp/reconciling/asking.py", "lgsp/journal/accepting.py", "lgsp/journal/acting.py",
    "lgsp/journal/contract.py", "lgsp/journal/job_runs.py", "lgsp/journal/known.py",
    "lgsp/journal/mailboxes.py", "lgsp/journal/parting.py", "lgsp/outcomes.py", "adapters/document_management/axis.py",
    "adapters/document_management/post.py", "lgsp/journal/replaying.py",
    "lgsp/journal/settling.py", "lgsp/standings.py",
    "lgsp/api/ask.py", "lgsp/console/asks_words.py", "lgsp/api/credentials.py", "lgsp/api/disclosures.py", "lgsp/discretion.py",
    "lgsp/enquiry.py", "lgsp/journal/asks.py", "lgsp/lookups/asking.py", "lgsp/lookups/judging.py",
    "lgsp/console/signing_outside.py",  # says in the server's own log why the provider was refused
    "lgsp/journal/disclosures.py",  # an entry's cause is the reason that a person gave, not a code
}  # fmt: skip
"""Files that hand a code on, as it was named or kept elsewhere."""


class Named(NamedTuple):
    """A cause that a line of the source names; the code is None where a variable does."""

    path: str
    line: int
    code: str | None


def _sources() -> Iterator[Path]:
    for folder in ("lgsp", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT)
            if place.parts[1] not in ELSEWHERE and not str(place).startswith(SPEAKS):
                yield path


def _named() -> Iterator[Named]:
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(str(path.relative_to(ROOT)), node)


def _of_call(path: str, call: ast.Call) -> Iterator[Named]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = PLACES.get(name)
    found = [one.value for one in call.keywords if one.arg == "cause"]
    if isinstance(place, int) and len(call.args) > place:
        found.append(call.args[place])
    for value in found:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield Named(path, call.lineno, value.value)
        elif not (isinstance(value, ast.Constant) and value.value is None):
            yield Named(path, call.lineno, None)


@cache
def named() -> list[Named]:
    """Return what every call of the source names: read once, and only by whoever runs these tests."""
    return list(_named())


def test_every_code_that_the_source_names_is_explained() -> None:
    """No problem, finding, refusal, put-off or answer of the API has a code without text and mend."""
    pages = {code for code in FAULTS if code}  # an error page of the console says more than a cause does
    lacking = [
        one
        for one in named()
        if one.code
        and one.code not in CAUSES
        and not (one.path.startswith("lgsp/console/") and one.code in pages)
    ]
    assert lacking == []
    assert {
        "missing",
        "unknown-field",
        "not-a-list",
        "odd-agency",
        "unreachable",
        "timed-out",
        "uncertain",
        "check-failed",
        "known-with-another-body",
        "not-found",
    } <= {one.code for one in named()}


def test_codes_come_from_variables_in_known_files_only() -> None:
    """A file that begins to name causes by a variable is looked at here: its table must be explained too."""
    assert {one.path for one in named() if one.code is None} <= FROM_TABLES | HANDED_ON


def _forms() -> set[str]:
    tables = [dossier_table({}), progress_table({}), FEE, PAPER, OTHER_PAPER, RESULT, SUPPLEMENT, IDENTITY]
    return {field.form.fault for table in tables for field in table.fields if field.form is not None}


def _literals(path: str, name: str) -> set[str]:
    """Return the codes among the texts of a module's table."""
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
            return {text for text in texts if isinstance(text, str)}
    raise AssertionError(f"{path} has no {name}")


def _portal() -> set[str]:
    texts = _literals("adapters/national_portal/answers.py", "CATALOGUE")
    texts |= _literals("adapters/national_portal/portal.py", "_LOGIN_CAUSES")
    return {text for text in texts if text.startswith("portal-")}


def _axis() -> set[str]:
    return {
        text for text in _literals("adapters/document_axis/answers.py", "CAUSES") if text.startswith("axis-")
    }


def _reporting() -> set[str]:
    texts = _literals("adapters/national_reporting/answers.py", "CAUSES")
    return {text for text in texts if text.startswith("reporting-")}


def _population() -> set[str]:
    texts = _literals("adapters/population_db/answers.py", "CAUSES")
    return {text for text in texts if text.startswith("population-")}


def _ngsp() -> set[str]:
    texts = _literals("adapters/ngsp/faults.py", "CAUSES") | _literals("adapters/ngsp/meaning.py", "CAUSES")
    texts |= _literals("adapters/ngsp/civil_status.py", "ERRORS")
    return {text for text in texts if text.startswith("ngsp-")}


def _catalogued() -> set[str]:
    """Return what is found when a message is held against a catalogue, or keeps it waiting for one."""
    found = {code for rule in RULES.values() for code in (rule.unknown, rule.closed)}
    found |= {field.odd for rule in RULES.values() for field in rule.fields}
    return found | {ABSENT, UNLISTED, CLOSED, LISTED_AGAIN}


TABLES = {
    "what a catalogue says otherwise": _catalogued(),
    "what checks find": {WAITS, *OF_CHECKS.values()},
    "the axis' answers": _axis(),
    "forms of fields": _forms(),
    "schema rules": {"wrong-type", "not-one-of", "too-long", "bad-format", "rule-broken"},
    "schema formats": {"bad-format", *list(_literals("lgsp/validating.py", "_FAULTS") & CAUSES.keys())},
    "the portal's answers": _portal(),
    "the reporting system's answers": _reporting(),
    "the integration platform's answers": _ngsp(),
    "the population database's answers": _population(),
    "signatures inside files": set(OF_SIGNATURES.values()),
    "rejections": {one.code for one in (Invalid, Conflict, Forbidden)},
    "what befalls a connection": {"timed-out", "connection-lost"},
    "HTTP statuses of a system": {"http-429", "http-502", "http-503", "http-504", "http-other"},
    "deliveries that died": {state.word for state in DEAD if state.word != "refused"},
}


def test_a_form_that_cannot_be_read_is_a_problem_or_a_finding() -> None:
    """The fields of dossiers name both sorts of fault."""
    assert {"bad-date", "bad-code", "unmapped-status", "unknown-code"} <= TABLES["forms of fields"]


@pytest.mark.parametrize("name", TABLES)
def test_every_code_of_a_table_is_explained(name: str) -> None:
    """What the source takes from a table is explained too, and no table is empty."""
    assert TABLES[name]
    assert TABLES[name] <= CAUSES.keys()


def test_the_broker_s_own_faults_say_what_they_are() -> None:
    """A fault of the broker has words of its own in both languages, whatever its code is."""
    fault = BrokerFault("blocked", "disk")
    assert fault.vietnamese
    assert fault.english


@cache
def _texts() -> set[str]:
    """Return every text of the source outside the catalogue, and of its tables of facts."""
    found = set().union(*TABLES.values())
    for path in _sources():
        if path.name.startswith("causes_") or path.name == "cause.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value, *re.findall(r"'([a-z-]+)'", node.value)}
    for path in (ROOT / "lgsp" / "domain").rglob("*.[tj]s*"):
        if not path.name.startswith("causes_"):
            found |= set(re.findall(r"[a-z]+(?:-[a-z0-9]+)+", path.read_text("utf-8")))
    return found | {"uncatalogued"}


@pytest.mark.parametrize("code", CAUSES)
def test_nothing_is_explained_that_nobody_can_raise(code: str) -> None:
    """Each cause of the catalogue is named by some line of the source or of its tables."""
    assert CODE.fullmatch(code)
    assert code in _texts()
