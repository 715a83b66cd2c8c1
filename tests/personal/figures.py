"""Files of figures that hold what they must not, by the door and by the watched folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from lgsp.adapters.reporting.dropping import DropConfig

from tests.api.province import Province

HEAD = "Mã chỉ tiêu,Chỉ tiêu,Giá trị"


async def bring_figures(here: Province, office: Path, personal: Mapping[str, str]) -> None:
    """Bring figures as files, by the door and by the watched folder: good ones, and such as hold what they must not."""
    number, name, phone = personal["number"], personal["name"], personal["phone"]
    good = (
        "voted,Số lượt,120",
        "very_good_share,Rất hài lòng,61.5",
        "good_share,Hài lòng,30",
        "bad_share,Không,8.5",
    )
    odd = (f"voted,{name},{number}", f"{number},{phone},3", f"{name},{personal['mail']},{name}")
    top = ("Biểu mẫu,votes,", f"Cơ quan,{number},", f"Kỳ,{name},")
    sheets = {
        "good.csv": "\n".join([HEAD, *good]), "odd.csv": "\n".join([HEAD, *odd]),
        f"{number}.csv": "\n".join([*top, HEAD, *odd]), "none.csv": f"{name} {number}", "empty.xlsx": "PK\x03\x04",
    }  # fmt: skip
    for file, text in sheets.items():
        (office / file).write_text(text, encoding="utf-8")
        asked = urlencode(
            {"system": "reporting", "form": "votes", "name": file, "agency": number, "period": name}
        )
        for query in ("system=reporting&form=votes", "system=reporting", asked):
            await here.operator.post("/v1/reports/files", text.encode(), query)
    to = here.platform.gateway.counterparts["reporting"]
    to.adapter.config = to.adapter.config.model_copy(update={"drop": DropConfig(folder=office, settled=0)})
    taken = 0
    async for page in to.adapter.fetch("files", None):
        await here.platform.gateway.accept("reporting", page.raw, page.items)
        assert page.confirm is not None
        await page.confirm()
        taken += 1
    assert taken == len(sheets)
