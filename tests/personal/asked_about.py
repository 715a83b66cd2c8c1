"""Questions about somebody, put in every way that can go well or wrong, to a far side that repeats all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from lgsp.errors import Refused, Unavailable
from lgsp.message import Finding, Message
from lgsp.questioning import Ask, Purpose
from lgsp.routes import Route
from lgsp.wire.exchange import Exchange, record
from tests.api.province import PORTAL, Province

_WAYS = ("answered", "broken", "said", "bug", "uncatalogued")
_TYPE = "citizen.query.v1"


@dataclass(slots=True, frozen=True)
class Far:
    """A far side that answers, refuses, and falls over what it was asked, as the officer's name has it."""

    personal: Mapping[str, str]
    said: str

    async def ask(self, question: Message) -> Message:
        """Answer."""
        record(Exchange("https://far.example/", orjson.dumps(question.data), 200, self.said.encode()))
        how = question.asker.rpartition(" ")[2]
        if how == "said":
            raise Refused("officer-not-allowed", self.said, ["CCCD"])
        if how == "bug":
            raise RuntimeError(f"mapping {question.data} of {self.said}")
        if how == "uncatalogued":
            raise Unavailable("uncatalogued", self.said)
        number, name = self.personal["number"], self.personal["name"]
        broken = {"gender": number} if how == "broken" else {}
        odd = [Finding("unknown-field", f"Que/{number}", name), Finding("unknown-field", name)]
        data = {"identity_number": number, "name": name} | broken
        return Message("citizen.v1", "", "", data, findings=odd)


def _questions(personal: Mapping[str, str]) -> list[dict[str, Any]]:
    number, name = personal["number"], personal["name"]
    data: dict[str, Any] = {"identity_number": number, "name": name, "birth": {"date": "1999-01-31"}}
    good = {"type": _TYPE, "data": data, "purpose": "check", "who": "officer answered"}
    changes: list[dict[str, Any]] = [
        *({"who": f"officer {how}"} for how in _WAYS),
        {"purpose": number}, {"type": number}, {"dossier": number}, {number: "x"},
        {"data": data | {number: name}}, {"data": data | {"identity_number": f"{number}x"}},
        {"data": {"name": [number]}}, {"data": number},
    ]  # fmt: skip
    return [good | change for change in changes]


async def ask_about(here: Province, personal: Mapping[str, str], said: str) -> list[str]:
    """Put all of them; answers are kept. Return what was told to those who got none, once all have ended."""
    gateway = here.platform.gateway
    to = gateway.counterparts[PORTAL]
    to.adapter.ask = Far(personal, said).ask  # type: ignore[method-assign]
    to.adapter.answers = frozenset({_TYPE})
    to.spec = to.spec.model_copy(update={"ask": Ask(keep={_TYPE: "answer"})})
    route = Route(name="about", type=_TYPE, to=[PORTAL])
    purpose = Purpose(code="check", title="Kiểm tra", basis="căn cứ")
    gateway.routes = replace(gateway.routes, routes=[route, *gateway.routes.routes], purposes=[purpose])
    replies = [await here.one_stop.post("/v1/systems/one-stop/ask", one) for one in _questions(personal)]
    async with asyncio.timeout(20):
        while (await here.operator.get("/v1/asks", "ending=open")).json()["asks"]:  # noqa: ASYNC110 - the journal has it
            await asyncio.sleep(0.01)
    told = [one.body.decode() for one in replies if one.status != 200]
    assert len(told) == len(replies) - 1
    return told
