"""Pictures of every screen, in both themes and two widths: `python -m tests.console.screenshots FOLDER [WORD]`.

A screen's test file may add pages of its own with `VIEWS`; what is needed to make them interesting is brought
by `scene`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from lgsp.journal.people import Role
from tests.api.province import dossiers
from tests.console.browsing import DESKTOP, PHONE, opened, page_faults, sign_in_as
from tests.console.stage import Stage

FRAME = {"people": "/console/people", "account": "/console/account", "error": "/console/not-there"}
"""Pages by the name of their picture; those of a screen stand in `tests/console/views_<screen>.py` as `VIEWS`.

`prepare(stage)` of such a file brings what its pages show, and may return more pages."""


def views(stage: Stage) -> dict[str, str]:
    """Return all pages to be shown, after bringing what they show."""
    found = dict(FRAME)
    for path in sorted(Path(__file__).parent.glob("views_*.py")):
        module = import_module(f"tests.console.{path.stem}")
        found |= getattr(module, "VIEWS", {})
        if hasattr(module, "prepare"):
            found |= module.prepare(stage) or {}
    return found


def show(page: Page, path: Path, url: str) -> None:
    """Write the picture of a page as high as it is."""
    page.goto(url)
    page.wait_for_timeout(400)
    page.screenshot(path=path, full_page=True)


def main(folder: Path, word: str = "") -> None:
    """Write the pictures whose name holds a word."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as state, Stage(Path(state)) as stage, sync_playwright() as player:
        stage.bring(*dossiers(20))
        stage.person("lan.nguyen", Role.OPERATOR)
        stage.person("minh.tran", Role.AUDITOR)
        browser, wanted = opened(player), views(stage)
        for theme in ("light", "dark"):
            for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
                language = "en" if (theme, width) == ("dark", "phone") else "vi"
                page = sign_in_as(
                    browser, stage, "hoa.le", Role.ADMINISTRATOR, language=language, theme=theme, size=size
                )
                for name, url in wanted.items():
                    if word in name:
                        show(page, folder / f"{name}-{theme}-{width}.png", stage.url + url)
                for fault in page_faults(page):
                    sys.stdout.write(f"{theme} {width}: {fault}\n")
                if word in "sign-in":
                    page.context.clear_cookies(name="lgsp_session")
                    show(page, folder / f"sign-in-{theme}-{width}.png", f"{stage.url}/console/sign-in")
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
