"""What adapters draw up of a sample: the words of their mapping, without a far side to ask."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog

from lgsp.adapter import DrawsUp, Tools
from lgsp.adapters import adapter_class
from lgsp.errors import Refused
from lgsp.home import packed
from lgsp.message import VIETNAM, Message
from lgsp.schemas import Types
from lgsp.testing.adapter import NobodyThere

SETTINGS: dict[str, dict[str, Any]] = {
    "national_portal": {"url": "http://far", "username": "u", "password": "p", "agency": "H44"},
    "document_axis": {"url": "http://far", "system_id": "s", "secret": "x", "agency": "H44"},
    "one_stop": {},
}


def made(name: str) -> Any:
    """Return an adapter in front of a far side that does not answer."""
    cls, log = adapter_class(name), structlog.get_logger("test")
    tools = Tools(NobodyThere(), lambda: datetime.now(VIETNAM), log)
    return cls(cls.Config.model_validate(SETTINGS[name]), tools)


def sample(name: str, file: str) -> Any:
    """Return a sample's body: the first of several."""
    path: Path = packed() / "adapters" / name / "samples" / file
    data = orjson.loads(path.read_bytes())
    return data[0] if isinstance(data, list) else data


async def test_the_portal_is_told_what_its_samples_say() -> None:
    """The item of the call is the mapping's; an update says that it is one."""
    names = sorted((packed() / "adapters/national_portal/samples").glob("*.sent.json"))
    adapter, types = made("national_portal"), Types()
    for path in names:
        file = path.name.replace(".sent.json", ".json")
        data = sample("national_portal", file)
        (type_,) = [one for one in sorted(adapter.takes) if not types.check(one, data)]
        told = await adapter.drawn_up(types.message(type_, data))
        assert orjson.loads(told.read())["data"] == [sample("national_portal", path.name)]
    message = types.message("dossier.v1", sample("national_portal", "dossier-bare.json"))
    message.there = True
    told = await adapter.drawn_up(message)
    assert orjson.loads(told.read())["isUpdating"] == "True"


async def test_the_axis_is_told_a_packet_for_the_receivers_who_are_meant() -> None:
    """The packet is edXML up to its first file, narrowed like the one that is sent."""
    adapter, data = made("document_axis"), sample("document_axis", "recall.json")
    message = Types().message("document.v1", data)
    told = await adapter.drawn_up(message)
    assert (told.content_type, b"<edXML:edXML" in told.read()) == ("application/xml", True)


async def test_what_no_call_can_say_is_refused_beforehand() -> None:
    """A status without a code at the portal is told of before anything is sent."""
    adapter = made("national_portal")
    data = sample("national_portal", "dossier-bare.json") | {"status": "no-such-status"}
    with pytest.raises(Refused):
        await adapter.drawn_up(Message("dossier.v1", data["code"], data["code"], data))


def test_who_cannot_tell_beforehand_need_not() -> None:
    """The method is a contract of its own: an adapter without it is whole."""
    assert isinstance(made("national_portal"), DrawsUp)
    assert not isinstance(made("one_stop"), DrawsUp)
