"""What is asked about a dossier, and what an answer says of it."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.domain.checks import CHECKS, FORMS, NAME, NUMBER, Lacking, born, owner_identity
from lgsp.questions import Questions
from lgsp.schemas import Types

OWNER = {"name": "Nguyễn Văn Mẫu", "kind": "citizen", "identity_number": "001099000001"}
ASKED = {"identity_number": "001099000001", "name": "Nguyễn Văn Mẫu", "birth": {"year": "1999"}}


def asked(**applicant: Any) -> Any:
    """Return what is asked about a dossier of such an owner."""
    return owner_identity({"applicant": {**OWNER, **applicant}})


def test_the_owner_s_number_and_name_are_asked_with_the_year_that_the_number_says() -> None:
    """Nothing is asked that the dossier does not say, and the procedure goes along where it says one."""
    assert asked() == ASKED
    code = {"applicant": OWNER, "procedure": {"code": "1.003897"}}
    assert owner_identity(code) == ASKED | {"procedure": "1.003897"}


@pytest.mark.parametrize(
    ("number", "year"),
    [("001099000001", "1999"), ("001199000001", "1999"), ("001205000001", "2005"), ("001300000001", "2000"),
     ("001401000001", "2101")],
)  # fmt: skip
def test_a_personal_number_says_the_year_of_birth(number: str, year: str) -> None:
    """The digit behind the place says century and sex, the two behind it the year (Decree 137/2015, article 13)."""
    assert born(number) == year


def test_the_number_is_read_from_the_papers_first() -> None:
    """A typed paper says which number is personal; an old card beside it is passed over."""
    papers = [
        {"kind": "old_identity_card", "number": "012345678"},
        {"kind": "personal_number", "number": "001 299 000 001"},
    ]
    told = asked(identities=papers)
    assert (told["identity_number"], told["birth"]) == ("001299000001", {"year": "2099"})


@pytest.mark.parametrize("number", [None, "", "012345678", "0010990000011", "00109900000A", "٠٠١٠٩٩٠٠٠٠٠١"])
def test_without_a_personal_number_nothing_can_be_asked(number: str | None) -> None:
    """An old card's nine digits say no year, and the population database wants one."""
    assert asked(identity_number=number) == Lacking((NUMBER,))


def test_all_that_is_missing_is_named() -> None:
    """Whoever mends it mends it once."""
    assert owner_identity({}) == Lacking((NUMBER, NAME))
    assert asked(name="  ") == Lacking((NAME,))


@pytest.mark.parametrize("kind", ["business", "state_body", "organisation"])
def test_only_citizens_are_asked_about(kind: str) -> None:
    """A firm's code is no citizen's number."""
    assert asked(kind=kind) is None


def test_an_owner_of_no_kind_is_taken_for_a_citizen() -> None:
    """Sources leave it out; a number of twelve digits is a citizen's."""
    assert asked(kind=None) == ASKED


def test_an_answer_that_says_no_says_it_of_all_that_was_asked() -> None:
    """Which of them is wrong the far side does not tell."""
    rule = CHECKS["owner-identity"]
    assert rule.differs({}, {"matches": True}) == ()
    assert rule.differs({}, {"matches": False}) == (NUMBER, NAME)


@pytest.mark.parametrize("name", CHECKS)
def test_each_rule_asks_a_question_that_there_is_of_bodies_that_there_are(name: str) -> None:
    """Its question is of a type of the packed home, and some type gives its form."""
    rule = CHECKS[name]
    assert rule.asks in Questions().asked
    assert rule.form in {info.schema["x-lgsp"].get("checks") for info in Types().values()}
    assert name in FORMS[rule.form]


def test_what_is_asked_is_a_question_as_its_schema_has_it() -> None:
    """Of any owner that can be asked about."""
    assert Questions()["citizen.verification.v1"].problems(asked()) == []


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_compared_are_fields_of_the_body(name: str) -> None:
    """Pointers that people are shown lead somewhere."""
    schema = Types()["dossier.v1"].schema
    applicant = schema["$defs"]["Applicant"]["properties"]
    assert {place.rpartition("/")[2] for place in CHECKS[name].compared} <= applicant.keys()
