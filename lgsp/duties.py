"""What a process does beside the walk of messages: duties that one process at a time is elected to."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from lgsp.alerts.watch import AlertWatch, leading
from lgsp.attesting import Attesting
from lgsp.cut_over import CutOver
from lgsp.erasing import Erasing
from lgsp.gateway import Gateway
from lgsp.leases import Duty, ProcessLease
from lgsp.reconciling.reconciler import Reconciler
from lgsp.reencrypting import Reencrypting
from lgsp.registering import Registering
from lgsp.replayer import Replayer
from lgsp.reporting.following import Following
from lgsp.seal_copies import second_place
from lgsp.seal_keys import signer
from lgsp.sealing import Copying, Sealing
from lgsp.settings import Settings
from lgsp.summing import Summing
from lgsp.wire.pades import Witness

Work = Coroutine[Any, Any, None]


def elected(gateway: Gateway, settings: Settings, lease: ProcessLease, sweep: Duty) -> list[Work]:
    """Return what the role `jobs` does, each until it is cancelled, while its duty is this process's.

    Args:
        gateway: whose.
        settings: of the process.
        lease: of the process, by which a duty is held.
        sweep: the duty of those that go with sweeping.
    """
    reconcile, attest = Duty("reconcile", lease), Duty("attest", lease)
    return [
        Replayer(gateway, sweep.held).run(),
        CutOver(gateway, sweep.held).run(),
        Following(gateway, sweep.held).run(),
        Summing(gateway.journal, sweep.held).run(),
        Registering(gateway.journal, sweep.held).run(),
        Reconciler(gateway, reconcile.held).run(),
        Attesting(gateway, Witness(settings.trust), attest.held).run(),
        Reencrypting(gateway.journal, gateway.blobs, Duty("reencrypt", lease).held).run(),
        Erasing(gateway, Duty("erase", lease).held).run(),
        *_sealing(gateway, settings, Duty("seal", lease)),
    ]


def _sealing(gateway: Gateway, settings: Settings, seal: Duty) -> list[Work]:
    """Return the sealing of the journal, and the copying of its checkpoints where a second place is named."""
    copies = bool(settings.seal_copy)
    signing = lambda origin: signer(origin, settings.seal_key, settings.state)  # noqa: E731
    work = [Sealing(gateway.journal, signing, seal.held, copies=copies).run()]
    return [*work, _copying(gateway, settings, seal)] if copies else work


async def _copying(gateway: Gateway, settings: Settings, seal: Duty) -> None:
    place = second_place(settings.seal_copy, settings.seal_copy_token)
    try:
        await Copying(gateway.journal, place.put, seal.held).run()
    finally:
        await place.close()


def watching(gateway: Gateway, settings: Settings, lease: ProcessLease) -> Work:
    """Return the look-out for what people must be told; every process keeps it."""
    blobs = settings.blobs_url
    folders = [settings.state]
    folders += [Path(blobs.removeprefix("file://"))] if blobs.startswith("file://") else []
    return AlertWatch(gateway.journal, gateway.broker, folders, lambda: gateway.routes, leading(lease)).run()
