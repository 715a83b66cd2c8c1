"""Understanding what the axis answers: which no is about a packet, a receiver, us, or the axis itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lgsp.errors import Refused, Scope, Unavailable, Uncertain
from lgsp.formats.axis import codes
from lgsp.formats.axis.codes import Concerns
from lgsp.formats.axis.replies import Answer, Unreadable, read_answer
from lgsp.wire.http import Answer as Reply

_OK, _SERVER_ERROR = 200, 500
_SHOWN = 300
_WORD = re.compile(r"[\w.\-]+")
_TO = "MessageHeader/To"

CAUSES = {
    codes.BAD_FILE: "axis-file-refused",
    codes.BAD_CREDENTIALS: "axis-credentials",
    codes.UNKNOWN_RECEIVER: "axis-receiver-unknown",
    codes.UNKNOWN_SENDER: "axis-sender-unregistered",
    codes.SYSTEM_FAULT: "axis-fault",
    codes.FILE_FAULT: "axis-file-fault",
    codes.BAD_PACKET: "axis-packet-refused",
    codes.LOCKED_RECEIVER: "axis-receiver-locked",
}
"""What each number is called in the catalogue."""


def granted(reply: Reply) -> Answer:
    """Return the answer to a question that was answered.

    Raises:
        Unavailable: it is no answer, or it says no: what is asked for may be there later.
    """
    judged(reply)
    try:
        answer = read_answer(reply.text.encode())
    except Unreadable as fault:
        raise no_answer(fault, reply.signature()) from None
    if not answer.ok:
        raise denied(answer, reply.signature())
    return answer


def judged(reply: Reply) -> None:
    """Pass an HTTP answer that may hold one of the axis; raise Unavailable for any other."""
    if reply.status != _OK:
        raise Unavailable("uncatalogued", reply.text[:_SHOWN], answer=reply.signature())


def no_answer(fault: Unreadable, signature: str = "") -> Unavailable:
    """Return the fault for an answer that is none."""
    return Unavailable("axis-unreadable", fault.what, answer=signature)


def denied(answer: Answer, signature: str = "") -> Unavailable:
    """Return the fault for a no that is no verdict on a packet."""
    known = codes.known(answer.code)
    cause = CAUSES[known.code] if known else "uncatalogued"
    if codes.is_foreign_sender(answer.text):
        cause = CAUSES[codes.UNKNOWN_SENDER]
    ours = cause in {CAUSES[codes.BAD_CREDENTIALS], CAUSES[codes.UNKNOWN_SENDER]}
    scope = Scope.SYSTEM if ours else Scope.MESSAGE
    return Unavailable(cause, answer.text[:_SHOWN], scope=scope, answer="" if ours else signature)


def sent(reply: Reply) -> Answer:
    """Return the answer to a packet that was written whole.

    Raises:
        Unavailable: whoever stands before the axis turned the request away.
        Uncertain: it is no answer of the axis: whether the packet was taken cannot be told.
    """
    doubt = reply.status == _OK or reply.status >= _SERVER_ERROR
    if reply.status != _OK:
        kind = Uncertain if doubt else Unavailable
        raise kind("uncatalogued", reply.text[:_SHOWN], answer=reply.signature())
    try:
        return read_answer(reply.text.encode())
    except Unreadable as fault:
        raise Uncertain("axis-unreadable", fault.what, answer=reply.signature()) from None


def verdict(answer: Answer, signature: str, *, own_sender: bool, to: str) -> Refused | Unavailable:
    """Return what a no to a packet means.

    Args:
        answer: of the axis.
        signature: of the whole reply.
        own_sender: whether the packet's sender is one of those that we are registered for. The axis' no to
            another one is about the packet; to one of ours it is about our registration.
        to: where the receivers stand in the packet.
    """
    said, known = answer.text[:_SHOWN], codes.known(answer.code)
    if codes.is_foreign_sender(answer.text) and not own_sender:
        return Refused("axis-sender-foreign", said, ["MessageHeader/From/OrganId"])
    if known is not None and known.concerns is Concerns.DOCUMENT:
        return Refused(CAUSES[known.code], said)
    if known is not None and known.concerns is Concerns.RECEIVER:
        return Refused(CAUSES[known.code], said, [to])
    return denied(answer, signature)


def in_part(answer: Answer, receivers: Sequence[str]) -> dict[str, Refused | Unavailable] | None:
    """Return the receivers that a packet does not reach, where the axis' own words name some of them.

    Those are refused. The others have a packet that was taken; of one that was not they have nothing, and it
    is sent again to them alone: one code that was closed last month is no reason to write to nobody. None for
    any other answer: one that names none or all of them, or leaves open whether the packet was taken.
    """
    known = codes.known(answer.code)
    if known is None or known.concerns is not Concerns.RECEIVER:
        return None
    taken = str(answer.fields.get("status") or "").strip().upper() == "OK"
    words = {word.strip(".").casefold() for word in _WORD.findall(answer.text)}
    named = [code for code in receivers if code.casefold() in words]
    if not named or len(named) == len(receivers) or taken != bool(answer.docid):
        return None
    said = answer.text[:_SHOWN]
    failed = dict[str, Refused | Unavailable].fromkeys(named, Refused(CAUSES[known.code], said, [_TO]))
    others = [] if taken else [code for code in receivers if code not in failed]
    return failed | dict.fromkeys(others, Unavailable("axis-others-refused", said))
