"""What the pictures of catalogues show: agencies with lists and facts, a short list, codes, procedures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lgsp.domain.agencies.facts import Claim, claim_of
from lgsp.journal import agencies, agency_lists
from lgsp.learning import Lists, learn_facts
from lgsp.testing.rules.agency_lists import agency, many
from tests.api.test_procedures import bring, procedure
from tests.console.stage import Stage

SYSTEM, JOB = "document-axis", "agencies"
HERE = "/console/catalogues"
OFFICES = [
    *agency(7, "Sở Tài chính tỉnh Phú Thọ", "000.00.07.H44"),
    *agency(11, "Sở Tư pháp tỉnh Phú Thọ", "000.00.11.H44"),
]
LONG = [*many(60), *OFFICES]
NEW = {"code": "H44.99", "name": "Sở Nông nghiệp và Môi trường", "level": 2, "parent": "H44",
       "valid_from": "2026-03-01", "source": "QĐ 12/2026/QĐ-UBND", "confidence": "high"}  # fmt: skip
MERGED = {"predecessor": "H44.98", "successor": "H44.99", "share": "whole", "effective": "2026-03-01",
          "act": "QĐ 12/2026/QĐ-UBND", "source": "QĐ 12/2026/QĐ-UBND", "confidence": "high"}  # fmt: skip


def lists(stage: Stage, *runs: Sequence[Claim]) -> None:
    """Bring a list of agencies, one run after another, and let the process learn it."""

    async def each() -> None:
        gateway = stage.province.platform.gateway
        for run, claims in enumerate(runs, 1):
            await gateway.journal.write(lambda tx, c=claims, r=run: agency_lists.bring(tx, SYSTEM, JOB, c, r))
            await gateway.journal.write(lambda tx, r=run: agency_lists.brought(tx, SYSTEM, JOB, r))
        await Lists(gateway).look()

    stage.run(each())


def fact(
    stage: Stage, kind: str, who: str = "lan.nguyen", note: str = "theo công văn của tỉnh", **said: object
) -> str:
    """Add a claim, and return its id."""

    async def add() -> str:
        gateway = stage.province.platform.gateway
        claim = claim_of(kind, said)
        (number,) = await gateway.journal.write(lambda tx: agencies.add(tx, [claim], who, note))
        await learn_facts(gateway)
        return number

    return stage.run(add())


def procedures(stage: Stage) -> None:
    """Bring a catalogue of procedures."""
    records = [
        procedure(
            "1.000894", "Đăng ký kết hôn", "G15", publication={"agency": "G15", "decision": "QĐ 1872/QĐ-BTP"}
        ),
        procedure("1.001193", "Đăng ký khai sinh"),
        procedure("2.000635", "Cấp bản sao trích lục hộ tịch", "H44", state="unpublished"),
    ]
    stage.run(bring(stage.province, records))


def prepare(stage: Stage) -> Mapping[str, str]:
    """Bring lists, facts and procedures."""
    lists(stage, LONG, OFFICES)
    fact(stage, "fact", **NEW)
    fact(
        stage,
        "fact",
        **NEW
        | {"code": "H44.98", "name": "Sở Nông nghiệp", "valid_from": None}
        | {"valid_from": "2020-01-01"},
    )
    wrong = fact(stage, "fact", **NEW | {"code": "H44.97", "name": "Sở Sai"})
    fact(stage, "succession", **MERGED)
    fact(stage, "withdrawal", withdraws=wrong, source="gõ nhầm", note="gõ nhầm")
    procedures(stage)
    return {
        "catalogues": HERE,
        "catalogues-found": f"{HERE}?q=so&under=H44",
        "catalogues-agency": f"{HERE}/agency?code=H44",
        "catalogues-closed": f"{HERE}/agency?code=H44.98",
        "catalogues-ambiguous": f"{HERE}/agency?code=24",
        "catalogues-codes": f"{HERE}/codes?code=000.00.11.H28-260131-0001",
        "catalogues-codes-empty": f"{HERE}/codes",
        "catalogues-lists": f"{HERE}/lists",
        "catalogues-believe": f"{HERE}/lists/{SYSTEM}/{JOB}/believe",
        "catalogues-differences": f"{HERE}/differences",
        "catalogues-facts": f"{HERE}/facts",
        "catalogues-add": f"{HERE}/facts/add?code=H44.96",
        "catalogues-withdraw": f"{HERE}/facts/withdraw?fact=added-1",
        "catalogues-procedures": f"{HERE}/procedures",
        "catalogues-procedure": f"{HERE}/procedure?code=1.000894",
    }
