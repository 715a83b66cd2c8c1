"""The doctor greets a server as the system's own adapter does: with the authorities of that system."""

from __future__ import annotations

import ssl
from pathlib import Path

from lgsp.doctor import counterparts, household
from lgsp.limits import Alerts
from lgsp.routes import Routes, System
from tests.doctor.patients import Far, grades, patient
from tests.doctor.test_parts import Maker, server


async def test_authorities_of_a_system_are_believed_and_looked_at(certificate: Maker, folder: Path) -> None:
    """A server is greeted as its adapter does it: `deliver: {ca: …}` counts for that system, and for no other."""
    file, key = certificate(20)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file, key)
    systems = {
        name: System.model_validate({"adapter": "far", "deliver": said})
        for name, said in (("far", {"ca": str(file)}), ("other", {}), ("lost", {"ca": str(folder / "away")}))
    }
    async with server(None, serving) as url:
        one = patient(folder, adapters={name: Far(url=url) for name in systems}, routes=_of(systems))
        found = await counterparts.servers(one)
    assert grades(found) == [("certificate", "far", "poor"), ("certificate", "other", "broken")]
    assert "deliver: {ca: file}" in found[1].mend_en
    files = await household.certificates(one)
    assert grades(files) == [("certificate", "far", "poor"), ("certificate", "lost", "broken")]


def _of(systems: dict[str, System]) -> Routes:
    return Routes("", systems, [], [], {}, Alerts.model_validate({"silence": []}))
