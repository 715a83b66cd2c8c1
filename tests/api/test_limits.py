"""A person whose role is limited sees what is within the limits, and of everything else nothing, anywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lgsp.api.desk import sight_of
from lgsp.journal import people
from lgsp.journal.contract import Transaction
from lgsp.journal.people import Person, Role
from lgsp.journal.reaching import ALL, Reach, Sight
from lgsp.journal.reaching import Path as Way
from lgsp.journal.rows import CHECK
from lgsp.journal.states import State
from lgsp.route_checks import CAUSES
from lgsp.sandbox.reporting import Reporting
from tests.api.permissions import REPORTING, Crowd, Endpoint, endpoints
from tests.api.province import BRING, ONE_STOP, PORTAL, Caller, Province, dossier, province
from tests.asgi import call

MARK = "H44.11-260131-7777"
"""What is nobody's business but that of the one-stop and the portal."""
AWAY = "H44.11-260131-8888"
UNIT = "Sở Canary"
REACHES = {
    "elsewhere": Reach(systems=frozenset({REPORTING})),
    "agency": Reach(agencies=("H44.99",)),
    "route": Reach(routes=frozenset({"catalogues"})),
    "both": Reach(systems=frozenset({ONE_STOP}), agencies=("H44.99",)),
    "source": Reach(systems=frozenset({ONE_STOP})),
    "receiver": Reach(systems=frozenset({PORTAL})),
    "owner": Reach(agencies=("H44",)),
    "its-route": Reach(routes=frozenset({"dossiers"})),
    "office": Reach(agencies=("H44.11",)),
}
OUTSIDE, INSIDE = ("elsewhere", "agency", "both"), ("source", "receiver", "owner", "its-route")


@dataclass(slots=True)
class Scene:
    """One message that is on its way, one that was turned away, and those who look."""

    province: Province
    crowd: Crowd
    uid: str = ""
    delivery: int = 0
    turned: int = 0

    def caller(self, who: str) -> Caller:
        """Return somebody by name, as a client of the API."""
        return replace(self.province.operator, credential=self.crowd.bearers[who])

    async def meets(self, one: Endpoint, who: str) -> bool:
        """Tell whether an endpoint tells somebody of it; what was typed into an address is no telling."""
        path = one.asked.replace("00000000-0000-0000-0000-000000000000", self.uid)
        path = path.replace("/v1/messages/x", f"/v1/messages/{self.uid}")
        path = path.replace("/deliveries/1", f"/deliveries/{self.delivery}")
        path = path.replace("/quarantine/1", f"/quarantine/{self.turned}")
        headers = self.crowd.browser(who) if one.console else self.crowd.client(one, who)
        typed = f"code={MARK}&key={MARK}&q={MARK}&system={PORTAL}&state=ready&type=dossier.v1&cause="
        for query in ("", typed):
            asked = f"{path}?{query}"
            answer = await call(self.province.platform.site, "GET", path, query=query, headers=headers)
            told = answer.body.decode("utf-8", "replace")
            if any(word in told for word in (MARK, AWAY, UNIT, self.uid) if word not in asked):
                return True
        return False


@pytest.fixture
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A province whose portal is paused, and people with all kinds of limits."""
    async with province(folder, None, Reporting()) as here:
        await here.operator.post(f"/v1/systems/{PORTAL}/pause")
        crowd = await Crowd(here).gather({name: (Role.OPERATOR, reach) for name, reach in REACHES.items()})
        one = Scene(here, crowd)
        one.uid = (await here.one_stop.bring(dossier(MARK, handling_unit=UNIT)))["id"]
        one.delivery = (await here.delivery({"id": one.uid}))["id"]
        assert (await here.one_stop.post(BRING, dossier(AWAY, status="no such status"))).status == 422
        found = (await here.operator.get("/v1/quarantine")).json()["quarantine"]
        one.turned = found[0]["id"]
        yield one


async def test_who_is_limited_to_something_else_meets_it_nowhere(scene: Scene) -> None:
    """Every page and every endpoint that is read, with the very ids in hand: not a word of it."""
    known = [one for one in endpoints(scene.province.platform.site) if one.method == "GET"]
    known = [one for one in known if "events" not in one.path and "sign-out" not in one.path]
    met: dict[str, list[str]] = {who: [] for who in (*OUTSIDE, "administrator")}
    for one in known:
        for who, places in met.items():
            if await scene.meets(one, who):
                places.append(one.path)
    assert {who: met[who] for who in OUTSIDE} == {who: [] for who in OUTSIDE}
    assert len(met["administrator"]) >= 8, met["administrator"]


async def test_who_is_limited_to_it_sees_it_and_acts_upon_it(scene: Scene) -> None:
    """In lists, by itself, and in the hand: it is held and let go in the person's own name."""
    for who in INSIDE:
        caller = scene.caller(who)
        assert [one["id"] for one in (await caller.get("/v1/messages")).json()["messages"]] == [scene.uid]
        listed = (await caller.get("/v1/deliveries")).json()["deliveries"]
        assert [one["id"] for one in listed] == [scene.delivery]
        assert (await caller.post(f"/v1/deliveries/{scene.delivery}/hold", query="reason=x")).status == 200
        walk = (await caller.get(f"/v1/messages/{scene.uid}")).json()
        assert [one["id"] for one in walk["deliveries"]] == [scene.delivery]
        assert ("held", who) in {(one["what"], one["who"]) for one in walk["entries"]}
        assert (await caller.get("/v1/problems")).json()["problems"][0]["state"] == "held"
        assert (await caller.post(f"/v1/deliveries/{scene.delivery}/release", query="reason=x")).status == 200


async def test_what_became_of_messages_is_told_within_limits_of_every_kind(scene: Scene) -> None:
    """Whoever is limited to a system, and to agencies, hears of that system's messages of those agencies alone."""
    await scene.province.operator.post(f"/v1/deliveries/{scene.delivery}/cancel", query="reason=x")
    path = f"/v1/systems/{ONE_STOP}/reports"
    told = {who: (await scene.caller(who).get(path)).json() for who in ("both", "source")}
    assert [one["subject"] for one in told["source"]["reports"]] == [MARK]
    assert told["both"]["reports"] == []
    assert told["both"]["next"] == told["source"]["next"]


async def test_who_is_limited_to_something_else_changes_nothing(scene: Scene) -> None:
    """What cannot be seen is not there: 404, also for acts."""
    for who in OUTSIDE:
        caller = scene.caller(who)
        for act in ("hold", "cancel", "replay", "release"):
            assert (
                await caller.post(f"/v1/deliveries/{scene.delivery}/{act}", query="reason=x")
            ).status == 404
        for act in ("pause", "drain", "resume", "check"):
            assert (await caller.post(f"/v1/systems/{PORTAL}/{act}")).status == 404
        assert (await caller.get(f"/v1/messages/{scene.uid}")).status == 404
    assert (await scene.province.delivery({"id": scene.uid}))["state"] == "ready"


async def test_a_doubt_that_others_share_is_not_settled_within_limits(scene: Scene) -> None:
    """One finding holds what goes for two agencies: whoever is limited to one of them is told to leave it."""
    other = await scene.province.one_stop.bring(dossier("H44.12-260131-0001"))
    beyond = (await scene.province.delivery(other))["id"]
    held = [(int(State.HELD), CHECK, CAUSES["differs"], number) for number in (scene.delivery, beyond)]
    doubts = [(number, b"q" * 16, "K1") for number in (scene.delivery, beyond)]

    def hold(tx: Transaction) -> None:
        tx.run("UPDATE deliveries SET state = ?, scope = ?, cause = ? WHERE id = ?", held)
        tx.run("INSERT INTO checks_held (delivery_id, question, subject) VALUES (?, ?, ?)", doubts)

    await scene.province.platform.gateway.journal.write(hold)
    path = f"/v1/deliveries/{scene.delivery}/release"
    refused = await scene.caller("office").post(path, query="reason=papers")
    assert (refused.status, "beyond your limits" in refused.body.decode()) == (409, True)
    pressed = await call(
        scene.province.platform.site, "POST", f"/console/messages/{scene.uid}/deliveries/{scene.delivery}/waive",
        headers=scene.crowd.browser("office"), body=b"reason=papers",
    )  # fmt: skip
    assert pressed.status == 409
    states = [(await scene.province.delivery(one))["state"] for one in ({"id": scene.uid}, other)]
    assert states == ["held", "held"]
    assert (await scene.caller("owner").post(path, query="reason=papers")).status == 200
    states = [(await scene.province.delivery(one))["state"] for one in ({"id": scene.uid}, other)]
    assert "held" not in states


async def test_what_is_many_keeps_within_the_limits(scene: Scene) -> None:
    """What was turned away is its sender's, and no agency's; all that goes to a system is who has the system's."""
    turned, statuses = set(), {}
    wanted: dict[str, Any] = {"system": PORTAL, "preview": True}
    for who in REACHES:
        caller = scene.caller(who)
        if (await caller.get("/v1/quarantine")).json()["quarantine"]:
            turned.add(who)
        statuses[who] = [
            (await caller.post("/v1/replays", wanted | more)).status for more in ({}, {"agency": "H44.11"})
        ]
    assert turned == {"source", "its-route"}
    assert statuses == {
        "elsewhere": [403, 403], "agency": [403, 403], "route": [403, 403], "both": [403, 403],
        "source": [403, 403], "receiver": [200, 200], "owner": [403, 200], "its-route": [403, 403],
        "office": [403, 200],
    }  # fmt: skip


async def test_limits_hold_at_once_and_open_sessions_end(scene: Scene) -> None:
    """What was given to a person a moment ago counts for the next request, by key and by session."""
    journal = scene.province.platform.gateway.journal
    await journal.write(lambda tx: people.limit(tx, "administrator", Reach(), "x", "x"))
    other = Person("second", "Second", "x", Role.ADMINISTRATOR, False, False, 0, 0)
    await journal.write(lambda tx: people.add(tx, other, "x"))
    said = {"reason": "a part of it", "limits": {"systems": [REPORTING]}}
    caller = scene.province.operator
    assert (await caller.post("/v1/people/administrator/limits", said)).json()["limits"] == said["limits"]
    assert (await caller.get("/v1/people/administrator")).json()["sessions"] == []
    for wrong in ({}, {"limits": {"systems": ["nobody"]}}, {"limits": {"agencies": ["not one!"]}}):
        order = {"reason": "x"} | wrong
        assert (await caller.post("/v1/people/second/limits", order)).status == 422


async def test_a_route_is_known_by_what_it_carries(scene: Scene) -> None:
    """By source, type and systems as they stand in the routes of now; one that asks for more carries nothing."""
    gateway = scene.province.platform.gateway
    assert sight_of(gateway, Reach()) is ALL
    (route,) = [one for one in gateway.routes.routes if one.name == "dossiers"]
    found = sight_of(gateway, Reach(routes=frozenset({"dossiers", "not-there"})))
    assert found == Sight(None, (Way(route.type, route.source, frozenset(route.systems)),))
    narrow = route.model_copy(update={"name": "narrow", "where": {"agency": "under:H44.11"}})
    gateway.routes = replace(gateway.routes, routes=[narrow])
    assert sight_of(gateway, Reach(routes=frozenset({"narrow"}))) == Sight(None, ())
