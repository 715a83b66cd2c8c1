"""The shape of the house: imports fall, one door per library, small files, small functions, small contracts."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from statistics import median
from typing import Any

import pytest

from lgsp.testing.adapter import OPEN_TO_ADAPTERS
from tests.shape import ADAPTERS, MODULES, PLATFORM, ROOT, Source, sources

FLOORS: list[set[str]] = [
    # what may be said at all
    {"redacting", "personal_classes"},
    {"masking"},
    # the ground: nothing of ours, or what stands before it
    {"lgsp", "errors", "measures", "pacing", "patience", "watch", "window", "serving_tls", "collector", "ending",
     "supervising", "keys", "proxies", "corked"},
    {"store"},
    {"delivery", "enduring", "questioning", "message", "home", "settings", "health", "limits", "folder", "passwords", "keyring_file", "keeping", "allowances", "connections",
     "logs"},
    # facts, formats and doors to the world
    {"serving", "comparing", "domain", "holdings", "schedules", "nightly"},
    {"enquiry"},
    {"canonical", "formats", "inbox", "route_checks", "wire", "words", "validating"},
    # what an adapter is, and what the home says
    {"adapter", "routes", "schemas"},
    {"seal_keys", "seal_copies", "adapters", "questions", "blobs", "calendars", "catalogue", "items", "linking", "regimes", "routing"},
    # the heart
    {"journal"},
    {"broker", "catalogue_filling", "discretion", "leases", "outcomes", "spool", "keyring"},
    {"checking", "doubts", "shadowing", "guarding", "rights", "reencrypting"},
    {"lookups", "check_faults", "question_faults", "setting_faults"},
    {"callers"},
    {"bounds", "quotas", "attempts", "throttling"},
    {"gateway", "ground", "alerts", "check", "scoring", "scoring_csv"},
    {"verifying", "doctor", "mailbox", "relay", "learning", "counterparts", "resending", "accounts", "catalogue_closing", "adopting",
     "giving_back", "statistics", "credentials", "disclosing", "erasing"},
    {"oidc", "adopting_text", "enquiring", "cut_over", "publishing", "foreseeing", "reconciling", "reporting", "catalogue_learning",
     "tokens"},
    # what drives it, and what is a client of it
    {"dispatch", "fetching", "replayer", "api", "sending", "standings"},
    {"worker", "following"},
    {"attesting", "sealing", "jobs", "summing", "works"},
    {"sandbox", "registering"},
    # people's client of the same parts
    {"console", "duties"},
    # who knows every class
    {"app"},
    {"client", "examination", "testing"},
    {"carrying"},
    {"demo", "bench", "drill"},
    {"cli"},
]  # fmt: skip
"""From the ground up. A part imports only parts of lower floors; the files of one part may import each other."""

DOORS = {
    "aiohttp": {"wire"},
    "tenacity": {"wire"},
    "smtplib": {"wire"},
    "lxml": {"wire"},
    "signxml": {"wire"},
    "pyhanko": {"wire"},
    "pyhanko_certvalidator": {"wire"},
    "zeep": {"wire"},
    "kombu": {"broker"},
    "pika": {"broker"},
    "sqlite3": {"journal"},
    "sqlalchemy": {"journal"},
    "alembic": {"journal"},
    "uvicorn": {"serving", "connections"},
    "typer": {"cli"},
    "rich": {"cli", "demo"},
    "jsonschema_rs": {"validating"},
    "ruamel": {"routes"},
    "pytest": {"testing"},
    "jinja2": {"console", "reporting"},
    "markupsafe": {"console"},
    "babel": {"console"},
    "argon2": {"passwords"},
    "joserfc": {"tokens", "oidc"},
    "authlib": {"oidc"},
    "xlsxwriter": {"formats"},
    "python_calamine": {"formats"},
}
"""A library, and the parts through which we go to it."""

BANNED = re.compile(r"utils?|helpers?|common|base|core|managers?|handlers?|services?|context|data")
LONGEST_FILE = 350
MEDIAN_FUNCTION = 9
LARGEST_CONTRACT = 7
LARGER_CONTRACTS = {
    "adapter.Adapter": 8,  # the design's seven, and `close`: its no-op defaults make it one thing to write
}

MUTATORS = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse"}
    | {"setdefault", "sort", "update"}
)

FLOOR_OF = {part: number for number, floor in enumerate(FLOORS) for part in floor}


def _ours(source: Source) -> Iterator[Source]:
    """Return the files of ours that a file imports."""
    yield from (MODULES[name] for name in source.imports if name in MODULES and name != source.module)


def _libraries(source: Source) -> set[str]:
    return {name.partition(".")[0] for name in source.imports} - {"lgsp", "adapters", "__future__"}


def test_every_part_of_the_platform_stands_on_one_floor() -> None:
    """A new part has to be given its floor in this file, so that somebody thinks about where it belongs."""
    assert sum(len(floor) for floor in FLOORS) == len(FLOOR_OF)
    assert {source.part for source in PLATFORM} <= FLOOR_OF.keys()


def test_imports_fall() -> None:
    """A file of the platform imports only its own part and parts of lower floors."""
    rising = [
        f"{source.module} imports {other.module}"
        for source in PLATFORM
        for other in _ours(source)
        if other.part != source.part and FLOOR_OF.get(other.part, len(FLOORS)) >= FLOOR_OF[source.part]
    ]
    assert rising == []


def test_no_file_imports_itself_in_a_circle() -> None:
    """There is an order in which every file can be read after those it imports."""
    graph = {source.module: {other.module for other in _ours(source)} for source in MODULES.values()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as fault:
        pytest.fail(" imports ".join(reversed(fault.args[1])))


def test_an_adapter_imports_only_what_is_for_adapters() -> None:
    """An adapter knows the contract, the ground and its own folder: never another adapter, never the heart."""
    foreign = [
        f"{source.module} imports {name}"
        for source in ADAPTERS
        for name in source.imports
        if name.startswith(("lgsp", "adapters")) and not _open_to(source, name)
    ]
    assert foreign == []


def _open_to(source: Source, name: str) -> bool:
    top, _, rest = name.partition(".")
    part = rest.partition(".")[0]
    return part in OPEN_TO_ADAPTERS if top == "lgsp" else part == source.part


@pytest.mark.parametrize("library", DOORS)
def test_there_is_one_door_to_each_library(library: str) -> None:
    """A library that others would want too is imported by the part that is its door, and by nobody else."""
    strangers = [
        source.module
        for source in PLATFORM + ADAPTERS
        if library in _libraries(source) and not (source in PLATFORM and source.part in DOORS[library])
    ]
    assert strangers == []


def test_what_is_imported_is_declared() -> None:
    """Every library that the wheel imports stands in its dependencies; the suites may use those of developers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]["dev"]
    declared = {False: _names(project["dependencies"]), True: _names([*project["dependencies"], *extra])}
    known = packages_distributions()
    missing = [
        f"{source.module} imports {library}"
        for source in PLATFORM + ADAPTERS
        for library in _libraries(source) - sys.stdlib_module_names
        if not declared[source.part == "testing"] & _names(known.get(library, [library]))
    ]
    # what a declared library is made of, and names as its own in its documentation, counts as declared
    assert [line for line in missing if not line.endswith((" pydantic_core", " starlette"))] == []


def _names(requirements: list[str]) -> set[str]:
    names = (re.match(r"[\w.-]+", one) for one in requirements)
    return {re.sub(r"[-_.]+", "-", name.group()).lower() for name in names if name}


def test_no_module_has_a_name_that_says_nothing() -> None:
    """A module is named after the thing it is; drawers for everything have no name here."""
    nameless = [s.module for s in MODULES.values() if BANNED.fullmatch(s.module.rpartition(".")[2])]
    assert nameless == []


def test_every_module_says_its_one_duty() -> None:
    """The docstring of a module begins with one sentence on one line."""
    silent = [
        source.module
        for source in MODULES.values()
        if not (ast.get_docstring(source.tree) or "").partition("\n")[0].endswith(".")
    ]
    assert silent == []


def test_nothing_of_a_module_changes_while_it_runs() -> None:
    """State lives in objects that somebody made and handed on, never in a module's names."""
    changed = [
        f"{source.module}:{node.lineno}"
        for source in MODULES.values()
        for function in source.functions
        for node in _changes(function, _module_names(source) - _own_names(function))
    ]
    assert changed == []


def _module_names(source: Source) -> set[str]:
    bound = [n for n in source.tree.body if isinstance(n, ast.Assign | ast.AnnAssign)]
    return {name for node in bound for name in _bound(node)}


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    return arguments | _bound(function)


def _bound(tree: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _changes(function: ast.AST, names: set[str]) -> list[Any]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Global) or _changes_one(node, names)]


def _changes_one(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Store | ast.Del) and _is_one_of(node.value, names)
    return isinstance(node, ast.Call) and _mutates(node.func, names)


def _mutates(called: ast.expr, names: set[str]) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in MUTATORS and _is_one_of(called.value, names)


def _is_one_of(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def test_no_file_is_long() -> None:
    """A file that is longer than a sitting's reading has more than one duty."""
    lengths = {s.path: s.text.count("\n") for s in [*MODULES.values(), *sources("tests")]}
    long = [f"{path.relative_to(ROOT)}: {n} lines" for path, n in lengths.items() if n > LONGEST_FILE]
    assert long == []


def test_functions_are_short() -> None:
    """Half of all functions have at most nine lines, their docstrings left out."""
    lengths = [_length(function) for source in MODULES.values() for function in source.functions]
    assert median(lengths) <= MEDIAN_FUNCTION


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    told = function.body[0] if ast.get_docstring(function) is not None else None
    docstring = (told.end_lineno or told.lineno) - told.lineno + 1 if told else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def test_contracts_are_small() -> None:
    """Who fulfils a contract has at most seven things to do, but where this file says why."""
    large = {
        f"{source.module.removeprefix('lgsp.')}.{contract.name}": count
        for source in MODULES.values()
        for contract in ast.walk(source.tree)
        if isinstance(contract, ast.ClassDef)
        and _is_contract(source, contract)
        and (count := _public_methods(contract)) > LARGEST_CONTRACT
    }
    assert large == LARGER_CONTRACTS


def _is_contract(source: Source, contract: ast.ClassDef) -> bool:
    named = {ast.unparse(base).partition("[")[0] for base in contract.bases}
    return bool(named & {"Protocol", "ABC"}) or (source.module, contract.name) == ("lgsp.adapter", "Adapter")


def _public_methods(contract: ast.ClassDef) -> int:
    methods = [n for n in contract.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return sum(not method.name.startswith("_") for method in methods)
