"""A place of the navigation."""

from __future__ import annotations

from dataclasses import dataclass

from lgsp.rights import Right


@dataclass(slots=True, frozen=True, kw_only=True)
class Place:
    """Where a screen is, and what it is called.

    Attributes:
        path: under `/console/`, without slashes around it; empty is the first page.
        title: Vietnamese, marked with `told`.
        icon: a name of `icons.txt`.
        right: without which it is not shown.
        shown: it has a place in the navigation.
        within: it keeps within the limits of a person's role, and so is there for people who have some.
    """

    path: str
    title: str
    icon: str
    right: Right = Right.LOOK
    shown: bool = True
    within: bool = False

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"/console/{self.path}"

    def holds(self, path: str) -> bool:
        """Tell whether an address is this place, or inside it."""
        return path == self.url or (bool(self.path) and path.startswith(f"{self.url}/"))
