"""Closing what a whole list had no more, and opening again what it has once more: messages like any other.

Nothing is deleted. The word that an item is closed is the item's last body with its state changed; it goes to
whoever wants the type, and is kept for ever. It counts only if nothing newer was told of the item meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson
import structlog

from lgsp.gateway import Gateway
from lgsp.journal import catalogues_pending, contract
from lgsp.journal.catalogues_pending import Pending
from lgsp.journal.contract import JournalError, Offer, StaleRoutesError
from lgsp.message import VIETNAM, Finding, Raw

log = structlog.get_logger(__name__)
_TRIES = 3
CLOSED, LISTED_AGAIN = "closed-by-list", "listed-again"


async def settle_lists(gateway: Gateway, source: str, run: int | None = None, *, reopen: bool = True) -> int:
    """Close and open what the lists of a source leave to be done, some at a time; return how many.

    Whoever is interrupted leaves the rest to the next one: what is to be done stands in the journal.

    Args:
        gateway: takes the messages on.
        source: whose lists.
        run: of the job that counts them.
        reopen: whether what is there again is opened too; what comes later in the run may do that by itself.

    Raises:
        JournalError: the rest waits.
    """
    done = 0
    for type_ in await gateway.journal.read(lambda tx: catalogues_pending.types(tx, source)):
        if type_ in gateway.catalogues.marks:
            done += await _settle(gateway, source, type_, run, reopen=reopen)
    return done


async def _settle(gateway: Gateway, source: str, type_: str, run: int | None, *, reopen: bool) -> int:
    done = after = 0
    while found := await _pending(gateway, source, type_, after):
        after = found[-1].version
        told = [one for one in found if one.data is not None and (one.closes or reopen)]
        if told:
            await _tell(gateway, source, told, run)
        if len(told) < sum(one.closes or reopen for one in found):
            log.warning("an item cannot be closed: its body is kept no more", system=source, type=type_)
        done += len(told)
    return done


async def _pending(gateway: Gateway, source: str, type_: str, after: int) -> list[Pending]:
    return await gateway.journal.read(lambda tx: catalogues_pending.pending(tx, source, type_, after))


async def _tell(gateway: Gateway, source: str, found: Sequence[Pending], run: int | None) -> None:
    """Take the messages on, routed anew where the routes changed meanwhile."""
    for _ in range(_TRIES):
        offers = [_offer(gateway, source, one, n, run) for n, one in enumerate(found)]
        raw = Raw.of(orjson.dumps([offer.message.data for offer in offers]))
        blob = await gateway.blobs.keep(raw)
        arrival = contract.Arrival(source, raw, offers, (), gateway.published, blob)
        try:
            taken = await gateway.journal.accept(arrival)
        except StaleRoutesError:
            await gateway.renew()
        else:
            gateway.broker.publish(taken.frames)
            gateway.note_backlog(offers)
            return
    raise JournalError("closing what a list has no more: the routes change all the time")


def _offer(gateway: Gateway, source: str, one: Pending, n: int, run: int | None) -> Offer:
    """Return the message that says of an item what its list says."""
    assert one.data is not None  # noqa: S101 - others were left out
    mark = gateway.catalogues.marks[one.type]
    data = mark.closing(one.data, datetime.now(VIETNAM)) if one.closes else one.data
    message = gateway.types.message(one.type, data)
    message.source = source
    if not one.closes:
        message.native = one.native  # told again by its source it is known
    message.findings.append(Finding(CLOSED if one.closes else LISTED_AGAIN, mark.state, ""))
    offer = gateway.offer(message, gateway.wants(message), n)
    if offer.catalogued is not None:
        offer.catalogued = offer.catalogued._replace(gone=one.closes, run=run, over=one.message)
    return offer
