"""Examining the broker: is it there, has each system its queue and no other, does somebody take from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lgsp.adapter import sent_to
from lgsp.broker.address import read_address
from lgsp.broker.link import NOT_FOUND, Gone, Link
from lgsp.broker.standing import BrokerFault
from lgsp.broker.topology import Topology
from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Grade, Mender, Verdict, well
from lgsp.errors import ConfigError
from lgsp.words import number

_PATIENCE = 10.0


@dataclass(slots=True, frozen=True)
class Queue:
    """A queue as RabbitMQ has it.

    Attributes:
        frames: that wait in it; None when there is no such queue.
    """

    system: str
    name: str
    frames: int | None
    consumers: int = 0


async def broker(patient: Patient) -> list[Verdict]:
    """Look at the broker, and at what a running process knows of it."""
    known = [_fault(one) for one in (patient.broker_faults() if patient.broker_faults else ())]
    if patient.settings.embedded:
        return known or [
            well("broker", "Hàng đợi nằm trong tiến trình", "The queues are in the process itself")
        ]
    sent = {name: sent_to(adapter) for name, adapter in patient.adapters.items()}
    try:
        queues = await look(patient.settings.broker_url, sent)
        found = [_queue(one) for one in queues if sent[one.system]]
        found += [_left(one) for one in queues if not sent[one.system] and one.frames is not None]
    except ConfigError as fault:
        told = "; ".join(fault.faults)
        mend = ("Sửa biến môi trường này.", "Mend the variable.")
        return [Verdict("broker", "", Grade.BROKEN, told, told, Mender.OPERATOR, *mend)]
    except Gone as fault:
        found = [_fault(BrokerFault(str(fault)))]
    return [*known, *(one for one in found if one not in known)]


async def look(url: str, systems: Iterable[str], topology: Topology | None = None) -> list[Queue]:
    """Return the queues of systems, changing nothing.

    Raises:
        ConfigError: the URL is wrong.
        Gone: RabbitMQ is not reached; its text is a word for which there is a sentence.
    """
    topology = topology or Topology()
    async with _linked(Link(read_address(url), "lgsp doctor")) as link:
        return [await _one(link, system, topology.queue_name(system)) for system in systems]


@asynccontextmanager
async def _linked(link: Link) -> AsyncIterator[Link]:
    keeping = asyncio.create_task(link.keep())
    try:
        async with asyncio.timeout(_PATIENCE):
            (await link.circuit()).close()
        yield link
    except TimeoutError:
        raise Gone(link.fault or "silent") from None
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _one(link: Link, system: str, name: str) -> Queue:
    circuit = await link.circuit()
    try:
        told = await circuit.call(circuit.channel.queue_declare, queue=name, passive=True)
    except Gone as fault:
        if fault.code == NOT_FOUND:
            return Queue(system, name, None)
        raise Gone("queue-unavailable") from fault
    circuit.close()
    return Queue(system, name, told.message_count, told.consumer_count)


def _queue(queue: Queue) -> Verdict:
    if queue.frames is None:
        return Verdict(
            "broker", queue.system, Grade.BROKEN,
            f"Không có hàng đợi {queue.name}", f"There is no queue {queue.name}", Mender.OPERATOR,
            "Chạy `lgsp declare --yes`; nhật ký sẽ phát lại.",
            "Run `lgsp declare --yes`; the journal fills it again.",
        )  # fmt: skip
    frames = number(queue.frames)
    vi = f"Hàng đợi của {queue.system}: {frames} khung tin, {queue.consumers} tiến trình nhận"
    en = f"The queue of {queue.system}: {frames} frames, {queue.consumers} consumers"
    if queue.consumers or not queue.frames:
        return well("broker", vi, en, queue.system)
    mend = ("Khởi động `lgsp work`.", "Start `lgsp work`.")
    return Verdict("broker", queue.system, Grade.BROKEN, vi, en, Mender.OPERATOR, *mend)


def _left(queue: Queue) -> Verdict:
    """Say that a queue is left over of a system that was sent to once, and is not any more."""
    frames = number(queue.frames or 0)
    return Verdict(
        "broker", queue.system, Grade.POOR,
        f"Còn hàng đợi {queue.name} ({frames} khung tin) của hệ thống mà nền tảng không gửi đến",
        f"The queue {queue.name} ({frames} frames) is left of a system that is not sent to",
        Mender.OPERATOR,
        "Không ai dùng: xóa bằng `rabbitmqctl delete_queue --vhost VHOST TÊN`; nội dung nằm trong nhật ký.",
        "Nobody uses it: `rabbitmqctl delete_queue --vhost VHOST NAME`; the journal has all content.",
    )  # fmt: skip


def _fault(fault: BrokerFault) -> Verdict:
    grade = Grade.POOR if fault.code in ("dead-letters", "connecting") else Grade.BROKEN
    return Verdict("broker", fault.about, grade, fault.vietnamese, fault.english, Mender.ADMINISTRATOR)
