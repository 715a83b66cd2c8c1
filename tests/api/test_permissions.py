"""Every endpoint and every page, as every caller: what is answered is what `docs/permissions.md` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.journal.people import Role
from lgsp.rights import ALLOWED, Right, may
from lgsp.sandbox.reporting import Reporting
from tests.api.permissions import CALLERS, PAGE, Crowd, Endpoint, endpoints, written
from tests.api.province import province

LAST = ("/console/sign-out",)
"""What would end a session of those who still call."""


def _missing(one: Endpoint, found: dict[str, str]) -> str:
    """Return the line that is to be written of an endpoint, with the kinds that it may be of."""
    said = written()
    kinds = [name for name, answers in said.kinds.items() if answers == found]
    return f"| `{one.method} {one.path}` | {' or '.join(kinds) or 'a new kind: ' + str(found)} |"


async def test_every_endpoint_answers_every_caller_as_it_is_written(folder: Path) -> None:
    """On one home: all routes of the API and the console, all methods, all callers; none is left out."""
    said = written()
    async with province(folder, None, Reporting(), asked=True) as here:
        crowd = await Crowd(here).gather()
        known = endpoints(here.platform.site)
        wrong: list[str] = []
        for one in sorted(known, key=lambda one: one.path in LAST):
            found = {caller: await crowd.answer(one, caller) for caller in CALLERS}
            if (one.method, one.path) not in said.endpoints:
                wrong.append(f"add to docs/permissions.md: {_missing(one, found)}")
            elif one.path not in LAST and found != (wanted := said.expects(one)):
                differing = {
                    name: (wanted[name], found[name]) for name in CALLERS if wanted[name] != found[name]
                }
                wrong.append(f"{one.method} {one.path}: written and found differ: {differing}")
    assert not wrong, "\n".join(wrong)
    gone = said.endpoints.keys() - {(one.method, one.path) for one in known}
    assert gone == set(), "there is no such endpoint any more: take the line away"


def test_each_kind_is_written_once_and_used() -> None:
    """The page has no kind that nothing is of, and none that it does not explain."""
    said, text = written(), PAGE.read_text(encoding="utf-8")
    assert {*said.endpoints.values()} == {*said.kinds}
    assert [name for name in said.kinds if f"- **{name}**: " not in text] == []


def test_the_table_of_rights_is_that_of_the_code() -> None:
    """What a role may do is said in one place, and the page copies it."""
    rows = [line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines() if "| `" in line]
    found = {
        name.strip(" `"): [cell.strip() == "yes" for cell in cells]
        for name, _, *cells in rows
        if name.strip(" `") in set(Right)
    }
    roles = (Role.VIEWER, Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR)
    assert found == {right.value: [may(role, right) for role in roles] for right in Right}


@pytest.mark.parametrize("right", [Right.BODIES, Right.PERSONAL, Right.ACT, Right.PUBLISH, Right.PEOPLE])
def test_an_auditor_reads_entries_and_nothing_else(right: Right) -> None:
    """Who checks what people did neither does anything nor sees what citizens wrote."""
    assert right not in ALLOWED[Role.AUDITOR]
    assert {Right.LOOK, Right.AUDIT} == ALLOWED[Role.AUDITOR]
