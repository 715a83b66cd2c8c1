"""Edit and resend: judging a corrected body like any other, and putting it in the place of the old one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from lgsp.adapter import Accepted
from lgsp.errors import Invalid, Problem
from lgsp.gateway import Gateway
from lgsp.journal import correcting
from lgsp.journal.contract import WrongStateError
from lgsp.journal.correcting import Correction, Original
from lgsp.journal.salts import Salts
from lgsp.masking import MaskLostError, masked, unmasked
from lgsp.message import Message, Raw
from lgsp.schemas import misnamed


async def resend(  # noqa: PLR0913 - of which message, what, who and why
    gateway: Gateway, uid: UUID, data: Any, who: str, reason: str, *, whole: bool = False
) -> Accepted | None:
    """Take a corrected body of a message on, in the place of what did not get through of it.

    Args:
        gateway: whose message it is.
        uid: the message's outer id.
        data: the whole corrected body; masks in it stand for what they hide.
        who: the person, as the journal names one.
        reason: in the person's words.
        whole: the person sees the message whole; else what is masked is not compared.

    Returns:
        The receipt of the correction; None when there is no such message.

    Raises:
        Invalid: the body does not fit its type, is about another subject, or for other receivers.
        WrongStateError: nothing was changed, or its state does not allow it; see `correcting.correct`.
    """
    old = await gateway.journal.read(lambda tx: correcting.original(tx, uid))
    if old is None:
        return None
    message = judged(gateway, old, data)
    if untouched(gateway, old, data, whole=whole):
        raise WrongStateError(f"correcting message {old.number}: nothing of it was changed; replay it")
    raw = Raw.of(orjson.dumps(message.data, option=orjson.OPT_INDENT_2))
    offer, blob = gateway.offer(message, ()), await gateway.blobs.keep(raw)
    correction = Correction(offer, raw, blob, gateway.published, who, reason)
    salts = Salts()
    receipt, frames = await gateway.journal.write(lambda tx: correcting.correct(tx, old, correction, salts))
    gateway.broker.publish(frames)
    return receipt


def filled(gateway: Gateway, old: Original, data: Any) -> Any:
    """Return a corrected body with the masks that its author was shown filled in from the old one.

    Raises:
        Invalid: a mask was changed, or stands where it would be read.
    """
    try:
        return unmasked(data, old.data, gateway.types[old.type].schema)
    except MaskLostError as fault:
        mend = "a mask stands here: give the value, or leave the mask where it was"
        problem = Problem(fault.place, "rule-broken", mend)
        raise Invalid([problem], subject=old.subject, type=old.type) from None


def untouched(gateway: Gateway, old: Original, data: Any, *, whole: bool) -> bool:
    """Tell whether a person left everything as he saw it.

    What was masked for him is not compared: whoever types a value over a mask has changed it, whatever is
    behind it. Else he would find that out by trying.
    """
    if not whole:
        return bool(data == masked(old.data, gateway.types[old.type].schema))
    return gateway.types.message(old.type, filled(gateway, old, data)).data == old.data


def judged(gateway: Gateway, old: Original, data: Any) -> Message:
    """Return the message of a corrected body; its masks stand for what they hide.

    Raises:
        Invalid: it does not fit its type, is about another subject, or for other receivers; a mask was moved.
        WrongStateError: the old body is kept no more.
    """
    info = gateway.types[old.type]
    if old.data is None:
        raise WrongStateError(f"correcting message {old.number}: its body is kept no more")
    message = gateway.types.message(old.type, filled(gateway, old, data))
    problems = gateway.types.check(old.type, message.data)
    if message.partitionkey != old.partitionkey:
        problems = [*problems, Problem(info.subject, "not-one-of", old.subject)]
    if not problems and info.receivers(message.data, str) != info.receivers(old.data, str):
        problems = [Problem("/recipients", "rule-broken", "a correction goes to the same receivers")]
    if problems := problems or misnamed(gateway.types, message, gateway.agencies):
        raise Invalid(problems, subject=message.subject, type=old.type)
    message.source, message.native = old.source, old.native
    return message
