"""Pictures of every screen, in both themes and two widths: `python -m tests.console.screenshots FOLDER [WORD]`.

A screen's test file may add pages of its own with `VIEWS`; what is needed to make them interesting is brought
by `scene`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from playwright.sync_api import Browser, Page, sync_playwright

from lgsp.journal.people import Role
from tests.api.province import dossiers
from tests.console.browsing import DESKTOP, PHONE, opened, page_faults, sign_in_as
from tests.console.stage import Stage

FRAME = {"people": "/console/people", "account": "/console/account", "error": "/console/not-there"}
"""Pages by the name of their picture; those of a screen stand in `tests/console/views_<screen>.py` as `VIEWS`.

`prepare(stage)` of such a file brings what its pages show, and may return more pages. `STAGED` is the stage that it
needs, where that is one of its own."""


def screens() -> list[ModuleType | None]:
    """Return the files of views; None is for the frame itself."""
    found = sorted(Path(__file__).parent.glob("views_*.py"))
    return [None, *(import_module(f"tests.console.{path.stem}") for path in found)]


def views(screen: ModuleType | None, stage: Stage) -> dict[str, str]:
    """Return a screen's pages, after bringing what they show."""
    if screen is None:
        return FRAME
    prepare = getattr(screen, "prepare", lambda _: None)
    return getattr(screen, "VIEWS", {}) | (prepare(stage) or {})


def show(page: Page, path: Path, url: str) -> None:
    """Write the picture of a page as high as it is."""
    page.goto(url)
    page.wait_for_timeout(400)
    page.screenshot(path=path, full_page=True)


def main(folder: Path, word: str = "") -> None:
    """Write the pictures whose name holds a word, each screen's from a gateway of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = opened(player)
        for screen in screens():
            made = getattr(screen, "STAGED", Stage)
            with TemporaryDirectory() as state, made(Path(state)) as stage:
                stage.bring(*dossiers(20))
                stage.person("lan.nguyen", Role.OPERATOR)
                stage.person("minh.tran", Role.AUDITOR)
                wanted = {name: url for name, url in views(screen, stage).items() if word in name}
                pictures(browser, stage, wanted, folder)
                if screen is None and word in "sign-in":
                    pictures(browser, stage, {"sign-in": "/console/sign-in"}, folder, signed_in=False)
        browser.close()


def pictures(
    browser: Browser, stage: Stage, wanted: Mapping[str, str], folder: Path, *, signed_in: bool = True
) -> None:
    """Write pages in both themes and two widths."""
    for theme in ("light", "dark"):
        for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
            language = "en" if (theme, width) == ("dark", "phone") else "vi"
            page = sign_in_as(
                browser, stage, "hoa.le", Role.ADMINISTRATOR, language=language, theme=theme, size=size
            )
            if not signed_in:
                page.context.clear_cookies(name="lgsp_session")
            for name, url in wanted.items():
                show(page, folder / f"{name}-{theme}-{width}.png", stage.url + url)
            for fault in page_faults(page):
                sys.stdout.write(f"{theme} {width}: {fault}\n")
            page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
