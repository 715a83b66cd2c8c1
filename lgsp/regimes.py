"""Reading `reports/*.yaml`: a home's own regimes, forms and indicators; a file and line for every fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from lgsp.domain.codes import agency_code
from lgsp.domain.reports.defined import BUILT_IN, Definitions
from lgsp.domain.reports.indicators import Breakdown, Group, Indicator, Rule
from lgsp.domain.reports.periods import Kind
from lgsp.domain.reports.regimes import Form, Occasion, Regime
from lgsp.domain.reports.submitting import Window
from lgsp.errors import ConfigError
from lgsp.measures import STRICT
from lgsp.routes import Place, line_of, read_as

FOLDER = "reports"
_NEEDS = "`regimes:`, `forms:` or `indicators:`"


def _code(value: Any) -> Any:
    if not isinstance(value, str) or (code := agency_code(value)) is None:
        raise ValueError("is no agency code; write it as H44 or H44.11")
    return code


Code = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^/|\s][^/|]*$")]
Agency = Annotated[str, BeforeValidator(_code)]


class _Rule(BaseModel):
    model_config = STRICT
    code: str
    rule: str
    vi: str = ""
    en: str = ""


class _Indicator(BaseModel):
    model_config = STRICT
    code: Code
    name: str
    en: str = ""
    unit: str = ""
    formula: str = ""
    rules: list[_Rule] = []
    breakdowns: list[str] = []
    group: str = ""
    decimals: int | None = None
    figure: str = ""

    def made(self) -> Indicator:
        """Return it as the domain has it."""
        rules = tuple(Rule(one.code, one.rule, one.vi, one.en) for one in self.rules)
        told = self.code, self.name, self.unit, self.formula, rules, tuple(self.breakdowns), self.group
        return Indicator(*told, self.decimals, self.figure, self.en)


class _Form(BaseModel):
    model_config = STRICT
    code: Code
    name: str
    en: str = ""
    indicators: list[str] = Field(min_length=1)
    invariants: str = ""

    def made(self) -> Form:
        """Return it as the domain has it."""
        return Form(self.code, self.name, tuple(self.indicators), self.invariants, self.en)


class _Regime(BaseModel):
    model_config = STRICT
    code: Code
    name: str
    en: str = ""
    occasion: Occasion = Occasion.PERIODIC
    basis: str = ""
    scheme: str = ""
    kinds: list[Kind] = []
    window: str = ""
    forms: list[str] = Field(min_length=1)
    system: str = "reporting"
    agencies: list[Agency] = []

    def made(self) -> Regime:
        """Return it as the domain has it; its forms are put in their place when all files are read."""
        told = self.code, self.name, self.occasion, self.basis, self.scheme, tuple(self.kinds), self.window
        forms = tuple(Form(one, "", ()) for one in self.forms)
        return Regime(*told, forms, (), self.en, self.system, tuple(self.agencies))


class _Breakdown(BaseModel):
    model_config = STRICT
    code: Code
    name: str
    members: dict[str, str] = Field(min_length=1)
    whole: bool = True

    def made(self) -> Breakdown:
        """Return it as the domain has it."""
        return Breakdown(self.code, self.name, tuple(self.members.items()), self.whole)


class _Group(BaseModel):
    model_config = STRICT
    code: Code
    name: str
    above: str = ""

    def made(self) -> Group:
        """Return it as the domain has it."""
        return Group(self.code, self.name, self.above)


class _Window(BaseModel):
    model_config = STRICT
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    version: int = Field(1, ge=1)
    working_days: int = Field(ge=1, le=250)
    vi: str = ""
    en: str = ""
    source: str = ""

    def made(self) -> Window:
        """Return it as the domain has it."""
        return Window(self.name, self.version, self.working_days, self.vi, self.en, self.source)


class _File(BaseModel):
    model_config = STRICT
    regimes: list[_Regime] = []
    forms: list[_Form] = []
    indicators: list[_Indicator] = []
    groups: list[_Group] = []
    breakdowns: list[_Breakdown] = []
    windows: list[_Window] = []


_Lines = dict[Place, str]
_Section = tuple[str, str]


def read_definitions(folder: Path) -> Definitions:
    """Return what may be reported in a home: what comes with the product, and what its `reports/*.yaml` say.

    Raises:
        ConfigError: all faults of all files at once.
    """
    faults: list[str] = []
    files = [one for path in paths(folder) for one in _read(path, faults)]
    faults += _twice(files)
    if not faults:
        found = BUILT_IN.with_more(_made([file for file, _ in files]))
        faults += _told(found, files)
        if not faults:
            return found
    raise ConfigError(faults)


def definition_faults(folder: Path) -> list[str]:
    """Return every fault of a home's `reports/*.yaml`, as `file:line: what; mend`; none without files."""
    try:
        read_definitions(folder)
    except ConfigError as fault:
        return fault.faults
    return []


def paths(folder: Path) -> list[Path]:
    """Return the files of a home that define reports, in the order of their names."""
    return sorted((folder / FOLDER).glob("*.yaml"))


def _read(path: Path, faults: list[str]) -> Iterator[tuple[_File, _Lines]]:
    try:
        yield read_as(_File, path.read_text(encoding="utf-8"), f"{FOLDER}/{path.name}", _NEEDS)
    except ConfigError as fault:
        faults += fault.faults


def _made(files: Iterable[_File]) -> Definitions:
    """Return what files define, each section by code."""
    files = list(files)
    regimes = {one.code: one.made() for file in files for one in file.regimes}
    forms = {one.code: one.made() for file in files for one in file.forms}
    indicators = {one.code: one.made() for file in files for one in file.indicators}
    groups = tuple(one.made() for file in files for one in file.groups)
    breakdowns = tuple(one.made() for file in files for one in file.breakdowns)
    windows = {made.label: made for file in files for one in file.windows for made in [one.made()]}
    return Definitions(regimes, forms, indicators, groups, breakdowns, windows)


def _coded(file: _File) -> Iterator[tuple[_Section, Place]]:
    """Yield each part of a file by its section and code, with its place."""
    for section in ("regimes", "forms", "indicators", "groups", "breakdowns"):
        for n, one in enumerate(getattr(file, section)):
            yield (section, one.code), (section, n)


def _twice(files: Iterable[tuple[_File, _Lines]]) -> Iterator[str]:
    seen: dict[_Section, str] = {}
    for file, lines in files:
        for named, place in _coded(file):
            here = line_of(lines, place)
            if named in seen:
                yield f"{here}: {named[1]!r} is there already, at {seen[named]}; leave one"
            seen.setdefault(named, here)


def _told(found: Definitions, files: Iterable[tuple[_File, _Lines]]) -> Iterator[str]:
    """Yield what does not fit together, at the line of the part that says it, or of the first that could."""
    places = {named: (lines, place) for file, lines in files for named, place in _coded(file)}
    for file, lines in files:
        for n, regime in enumerate(file.regimes):
            for form in regime.forms:
                if form not in found.forms:
                    here = line_of(lines, ("regimes", n, "forms"))
                    yield f"{here}: regimes.{n}.forms: there is no form {form!r}; add it or mend the name"
    for fault in found.faults:
        section, code, key = (*fault.place.split("/"), "", "")[:3]
        lines, place = places.get((section, code), ({(): f"{FOLDER}:1"}, ()))
        yield f"{line_of(lines, (*place, key) if key else place)}: {fault.place}: {fault.mend}"
