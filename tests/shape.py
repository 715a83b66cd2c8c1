"""The product's Python files as the tests of its shape see them: modules, imports, functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Source:
    """One Python file of the product."""

    path: Path

    @cached_property
    def module(self) -> str:
        """`lgsp.journal.tables`."""
        parts = list(self.path.relative_to(ROOT).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def package(self) -> list[str]:
        """The parts of the package that its relative imports start from."""
        parts = self.module.split(".")
        return parts if self.path.name == "__init__.py" else parts[:-1]

    @cached_property
    def part(self) -> str:
        """`journal` of `lgsp.journal.tables`; an adapter is a part by its folder's name."""
        top, _, rest = self.module.partition(".")
        return rest.partition(".")[0] or top

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What Python makes of it."""
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> set[str]:
        """Every module that is imported anywhere in the file, under TYPE_CHECKING and inside functions too."""
        return {name for node in ast.walk(self.tree) for name in self._imported(node)}

    def _imported(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = self.package[: len(self.package) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{origin}.{alias.name}"
                yield whole if whole in MODULES else origin

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, nested ones too."""
        return [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def sources(*folders: str) -> list[Source]:
    """Return the files of some folders."""
    return [Source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


PLATFORM, ADAPTERS = sources("lgsp"), sources("adapters")
MODULES = {source.module: source for source in PLATFORM + ADAPTERS}
