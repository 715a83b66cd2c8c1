"""What the pictures of the screen of credentials show."""

from __future__ import annotations

from tests.api.province import ONE_STOP, PORTAL
from tests.console.stage import Stage

VIEWS = {"credentials": "/console/credentials", "credentials-make": "/console/credentials/make"}


def prepare(stage: Stage) -> dict[str, str]:
    """Make some of each kind, one of them revoked."""

    async def made() -> dict[str, str]:
        by = stage.province.operator
        bounds = {
            "agencies": [{"agency": "H44.11", "until": "2026-12-31"}], "acts": ["send", "read"],
            "types": ["dossier.v1"], "addresses": ["10.1.0.0/16"], "until": "2027-01-31T23:59:59+07:00",
        }  # fmt: skip
        wanted: tuple[dict[str, object], ...] = (
            {"kind": "key", "name": "Phần mềm một cửa, máy chủ 1", **bounds},
            {"kind": "client", "name": "Ứng dụng WSO2 cũ"},
            {"kind": "hmac", "name": "Ký yêu cầu", "system": PORTAL},
        )
        told = [(await by.post("/v1/credentials", {"system": ONE_STOP, **more})).json() for more in wanted]
        await by.post(f"/v1/credentials/{told[1]['id']}/revoke", {"reason": "đã thay"})
        here = f"/console/credentials/{told[0]['id']}"
        return {"credentials-one": here, "credentials-rotate": f"{here}/rotate"}

    return stage.run(made())
