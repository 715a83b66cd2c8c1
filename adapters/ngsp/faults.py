"""What the platform's gateway (WSO2) and its data services say in place of a service, in JSON or XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lgsp.errors import Refused, Scope, Unavailable
from lgsp.wire.http import Answer

from .meaning import shown

TOKEN = frozenset({"900901", "900902", "900903", "900904"})
"""The token is wrong, missing, expired or revoked: a new one may do."""
UNSUBSCRIBED = frozenset({"403", "900905", "900908", "900909", "900910", "900805"})
"""Our application may not call this service."""
UNKNOWN_PATH = frozenset({"404", "405", "900906"})
"""The gateway has no such service, or not by that method."""
AWAY = frozenset({"700700", "900907", "303001", "101503", "101504", "101505", "101506", "101507", "101508"})
"""The service behind the gateway is blocked or does not answer."""
KEYS_AWAY = "900900"
"""The gateway cannot ask whether a token is good: no service can be called."""
THROTTLED = frozenset({"900800", "900802", "900804", "900807"})
"""This service was called too often."""
ALL_THROTTLED = frozenset({"900801", "900803", "900806"})
"""Our application called too often, whatever it called."""
CAUSES = {
    **dict.fromkeys(UNSUBSCRIBED, "ngsp-not-subscribed"),
    **dict.fromkeys(UNKNOWN_PATH, "ngsp-service-unknown"),
    **dict.fromkeys(AWAY | {KEYS_AWAY}, "ngsp-service-away"),
    **dict.fromkeys(THROTTLED | ALL_THROTTLED, "ngsp-throttled"),
}
"""The cause of a code, by its name in the catalogue; the codes are those of the gateway's documentation."""
_OURS = ("INCOMPATIBLE_PARAMETERS_ERROR", "VALIDATION_ERROR")
_UNAUTHORISED, _FORBIDDEN, _TOO_MANY, _UNAVAILABLE = 401, 403, 429, 503
HEARD = frozenset({_TOO_MANY, _UNAVAILABLE})
"""Statuses behind which the gateway says in its body which of several things it means."""
_NEXT = "%Y-%b-%d %H:%M:%S%z"
_LENGTH = 6
"""Digits of a code of the gateway; those of HTTP stand there too, beside a `type`."""


@dataclass(slots=True, frozen=True)
class Fault:
    """What the gateway says in place of a service.

    Attributes:
        code: its own, of six digits mostly; of a data service `DS:` and its own.
        text: its words.
        until: when it may be called again, as written; empty where it does not say.
    """

    code: str
    text: str = ""
    until: str = ""


def fault_in(tree: Any) -> Fault | None:
    """Return the fault that a tree is; None where it is none.

    Older gateways wrap it in `fault`, newer ones do not; data services have two forms of their own.
    """
    if not isinstance(tree, Mapping):
        return None
    service = tree.get("DataServiceFault")
    if isinstance(service, Mapping):
        return Fault(f"DS:{_text(service, 'ds_code') or 'UNKNOWN_ERROR'}")
    inside = tree.get("data")
    if isinstance(inside, Mapping) and isinstance(inside.get("fault"), Mapping):
        return Fault("DS:UNKNOWN_ERROR")
    fault = tree.get("fault", tree)
    if not isinstance(fault, Mapping) or "message" not in fault:
        return None
    code = _text(fault, "code")
    if not code.isdecimal() or (fault is tree and len(code) != _LENGTH and "type" not in tree):
        return None
    said = ": ".join(told for name in ("message", "description") if (told := _text(fault, name)))
    return Fault(code, said, _text(fault, "nextAccessTime"))


def refuses_token(answer: Answer, fault: Fault | None) -> bool:
    """Tell whether it was the token that was not taken: then nothing was done under it."""
    return fault.code in TOKEN if fault else answer.status == _UNAUTHORISED


def judge(answer: Answer, fault: Fault | None, now: datetime) -> None:
    """Return where it is the service that answers.

    Raises:
        Refused: the service cannot be called by us, or not there.
        Unavailable: it is away, or is called too often.
    """
    if fault is not None:
        raise _meant(fault, answer, now)
    if answer.status == _FORBIDDEN:
        raise Refused("ngsp-not-subscribed")
    if answer.status in HEARD:
        raise Unavailable(f"http-{answer.status}", scope=Scope.SYSTEM, after=answer.after)


def _meant(fault: Fault, answer: Answer, now: datetime) -> Refused | Unavailable:
    said = shown(f"{fault.code}: {fault.text}" if fault.text else fault.code)
    if fault.code.startswith("DS:"):
        if fault.code.endswith(_OURS):
            return Refused("ngsp-question-rejected", said, ["/data"])
        return Unavailable("ngsp-service-away", said)
    cause = CAUSES.get(fault.code)
    if cause is None:
        return Unavailable("uncatalogued", said, answer=answer.signature())
    if fault.code in UNSUBSCRIBED | UNKNOWN_PATH:
        return Refused(cause, said)
    whole = fault.code in ALL_THROTTLED or fault.code == KEYS_AWAY
    after = _after(fault, now) if answer.after is None else answer.after
    return Unavailable(cause, said, scope=Scope.SYSTEM if whole else Scope.MESSAGE, after=after)


def _after(fault: Fault, now: datetime) -> float | None:
    """Return the seconds until `nextAccessTime` (`2026-Sep-12 20:00:00+0000 UTC`)."""
    try:
        next_ = datetime.strptime(f"{fault.until.removesuffix(' UTC')}", _NEXT)  # noqa: DTZ007 - it has %z
    except ValueError:
        return None
    return max(0.0, (next_ - now).total_seconds())


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""
