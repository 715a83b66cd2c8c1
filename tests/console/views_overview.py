"""What the pictures of the overview show: traffic that flows, some of it refused, some turned away."""

from __future__ import annotations

from tests.api.province import dossier
from tests.console.stage import Stage

VIEWS = {"overview": "/console/"}


def prepare(stage: Stage) -> None:
    """Let some dossiers be refused; the portal is as it was afterwards."""
    codes = [f"H44.11-260131-9{n:03d}" for n in range(3)]
    stage.portal.trouble(b'{"dialects": ["number"], "refuse_fields": {"MaHoSo": {"contains": "-9"}}}')
    stage.bring(*(dossier(code) for code in codes))
    stage.run(stage.province.rest("delivered", "refused"))
    stage.portal.trouble(b'{"dialects": ["number"]}')
