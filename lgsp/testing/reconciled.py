"""Setting up reconciliations in the tests of a journal: dossiers, runs from beginning to end, repairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lgsp.domain.causes import CAUSES
from lgsp.domain.reconciling.sides import Answer, Theirs
from lgsp.journal import dossiers_keeping as register
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_comparing as comparing
from lgsp.journal import reconciliations_differences as differences
from lgsp.journal import reconciliations_holdings as holdings
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal import reconciliations_sending as sending
from lgsp.journal.contract import Offer
from lgsp.journal.reconciliations import COMPARING, DONE, TURNED_AWAY, Order, Run, Scope
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_holdings import Named
from lgsp.journal.reconciliations_sending import Act, Repair
from lgsp.journal.reconciliations_sides import Side, sides
from lgsp.testing.making import SOURCE, SYSTEM, dossier
from lgsp.testing.scene import Scene

HOUR = 3_600
DAY = 24 * HOUR * 1_000_000
WHO = "operator"
THERE, ABSENT, SILENT = Theirs(Answer.THERE), Theirs(Answer.ABSENT), Theirs(cause="timed-out")
CODES = [f"H44.11-260131-{n:04d}" for n in range(1, 60)]
ONE, TWO, THREE = CODES[:3]


def told(key: str = ONE, status: str = "received", *to: str) -> Offer:
    """Return a dossier as a one-stop system tells it."""
    offer = dossier(key, status, *to)
    offer.message.data = {"code": key, "status": status, "received_at": "2026-01-31T08:00:00+07:00"}
    offer.body = b'{"code":"%s","status":"%s"}' % (key.encode(), status.encode())
    offer.message.agency = "H44.11"
    return offer


async def registered(scene: Scene) -> None:
    """Bring the register up to date."""
    for _ in range(20):
        look = await scene.journal.read(register.look)
        await scene.act(lambda tx, one=look: register.keep(tx, one))  # type: ignore[misc]
        if look.place.done:
            return


async def begun(scene: Scene, click: str = "one", *listed: Named, **scope: Any) -> Run:
    """Ask for a run, lay what the source lists beside the register, and bring it to where it compares."""
    await registered(scene)
    wanted = Scope(SOURCE, SYSTEM, **scope)
    order = Order(click, WHO, "we want to know", runs.LISTING if listed else TURNED_AWAY)
    run, _ = await scene.act(lambda tx: runs.ask(tx, wanted, order))
    if listed:
        one = await current(scene, run["id"])
        await scene.act(lambda tx: holdings.stage(tx, one.id, listed))
        await scene.act(lambda tx: runs.listed(tx, one, tx.now, whole=True))
        await scene.act(lambda tx: runs.step(tx, one, TURNED_AWAY, ""))
    one = await current(scene, run["id"])
    await scene.act(lambda tx: holdings.stage_turned_away(tx, one.id, SOURCE, (), 0, 0, 500))
    await scene.act(lambda tx: runs.step(tx, one, COMPARING, ""))
    return await current(scene, run["id"])


async def current(scene: Scene, number: int) -> Run:
    """Return a run as it stands."""
    found = await scene.journal.read(lambda tx: runs.current(tx, number))
    assert found is not None
    return found


async def compared(
    scene: Scene, run: Run, answers: dict[str, Theirs] | Theirs = THERE, limit: int = 100
) -> Run:
    """Compare page after page until there is none; every dossier gets its answer, or the same one."""
    for _ in range(100):
        page = await scene.journal.read(lambda tx, one=run: comparing.page(tx, one, limit))  # type: ignore[misc]
        if page.last:
            break
        asked = page.asks_of()
        said = {key: answers.get(key, THERE) if isinstance(answers, dict) else answers for key in asked}
        found, counts = comparing.judged(page, said, CAUSES.get)
        assert await scene.act(
            lambda tx, one=run, p=page, f=found, c=counts: comparing.keep(tx, one, p, f, c)  # type: ignore[misc]
        )
        run = await current(scene, run.id)
    return run


async def closed(scene: Scene, run: Run) -> Run:
    """End a run that has compared all."""
    await scene.act(lambda tx: runs.step(tx, run, runs.CLOSING, "", comparing.closed(tx, run)))
    await scene.act(lambda tx: runs.end(tx, run, DONE))
    return await current(scene, run.id)


async def whole(
    scene: Scene,
    answers: dict[str, Theirs] | Theirs = THERE,
    click: str = "one",
    *listed: Named,
    **scope: Any,
) -> Run:
    """Run a reconciliation from its beginning to its end."""
    run = await begun(scene, click, *listed, **scope)
    return await closed(scene, await compared(scene, run, answers))


async def found(scene: Scene, run: Run, wanted: Filter = Filter()) -> dict[str, tuple[str, str]]:  # noqa: B008 - it cannot change
    """Return bucket and cause of what a run found, by key."""
    rows = await scene.journal.read(lambda tx: differences.listing(tx, run.id, wanted))
    return {one["key"]: (one["bucket"], one["cause"]) for one in rows}


async def side(scene: Scene, key: str = ONE) -> Side:
    """Return our side of a dossier."""
    seen = await scene.journal.read(lambda tx: sides(tx, SOURCE, SYSTEM, [key]))
    return seen[key]


async def mending(scene: Scene, run: Run, click: str = "mend") -> Repair:
    """Start a repair of all that a run found."""
    order = repairs.Order(click, WHO, "the portal lost them", 100)
    started, _ = await scene.act(lambda tx: repairs.ask(tx, run.id, Filter(), order))
    (one,) = [one for one in await scene.journal.read(repairs.running) if one.id == started["id"]]
    return one


async def sent(scene: Scene, repair: Repair, keys: Iterable[str], *, absent: bool = True) -> dict[str, str]:
    """Let a repair send dossiers as they stand now; return how far each is."""
    acts = [Act(await side(scene, key), absent) for key in keys]
    done = await scene.act(lambda tx: sending.send(tx, repair, acts))
    await scene.act(lambda tx: repairs.mark(tx, repair.id, repair.run, done))
    return {key: word for key, (word, _) in done.items()}
