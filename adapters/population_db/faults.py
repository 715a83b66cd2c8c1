"""Telling a client of the façade why there is no answer: a fault of SOAP 1.1, in both languages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fastapi import Response

from lgsp.domain.causes import explain
from lgsp.enquiry import Ending, NoAnswer
from lgsp.errors import Problem
from lgsp.wire.soap_serving import CONTENT_TYPE, VersionError, fault
from lgsp.wire.soap_xml import MalformedError, said, write

from .mapping import BIRTH, TEXTS

NAMESPACE = "urn:lgsp:question:1"
_PREFIX = "lgsp"
_FAULT, _UNAUTHORIZED, _BAD_REQUEST = 500, 401, 400
_LANGUAGES = ("vi", "en")
PLACES = {
    **{f"/data/{name}": native for native, name in TEXTS.items()},
    "/data/name": "HoVaTen",
    "/data/birth": BIRTH,
    "/data/birth/date": f"{BIRTH}/NgayThangNam",
    "/data/birth/month": f"{BIRTH}/NgayThangNam",
    "/data/birth/year": f"{BIRTH}/Nam",
    "/data/procedure": "MaDVC",
    "/purpose": "Question/Purpose",
    "/who": "Question/Officer",
    "/dossier": "Question/Dossier",
    "/within": "Question/Within",
}
"""Where a fault is, as clients of the façade name it."""


def no_answer(reason: NoAnswer) -> Response:
    """Return the fault for a question that got no answer."""
    client = reason.ending is Ending.REJECTED or bool(reason.problems)
    return fault_of(
        reason.cause,
        client=client,
        problems=reason.problems,
        after=reason.after,
        ask=str(reason.ask or ""),
    )


def not_admitted() -> Response:
    """Return the fault for who shows no credential that is good."""
    answer = fault_of("not-admitted", client=True)
    answer.status_code = _UNAUTHORIZED
    answer.headers["WWW-Authenticate"] = 'Bearer, Basic realm="lgsp"'
    return answer


def not_heard(why: MalformedError) -> Response:
    """Return the fault for what is no envelope: nothing of SOAP was processed that could have failed.

    An envelope of another version is told so in the words of SOAP (SOAP 1.1, 4.4.1).
    """
    if isinstance(why, VersionError):
        return Response(
            fault("VersionMismatch", explain("soap-unreadable").text), _FAULT, media_type=CONTENT_TYPE
        )
    answer = fault_of("soap-unreadable", client=True)
    answer.status_code = _BAD_REQUEST
    return answer


def fault_of(
    cause: str,
    *,
    client: bool,
    problems: Sequence[Problem] = (),
    after: float | None = None,
    ask: str = "",
) -> Response:
    """Return a fault.

    Args:
        cause: catalogued name.
        client: what was asked is wrong, and will be wrong again.
        problems: what is wrong with it, by our names of places.
        after: seconds after which to ask again.
        ask: the outer id of the question.
    """
    problems = [Problem(PLACES.get(one.place, one.place), one.code, one.detail) for one in problems]
    text = "; ".join(explain(one).text for one in problems) or explain(cause).text
    told = "".join(_told(cause, problems, after, ask))
    detail = f'<{_PREFIX}:Fault xmlns:{_PREFIX}="{NAMESPACE}">{told}</{_PREFIX}:Fault>'
    headers = {} if after is None else {"Retry-After": str(max(1, math.ceil(after)))}
    if ask:
        headers["LGSP-Ask"] = ask
    return Response(fault("Client" if client else "Server", text, detail), _FAULT, headers, CONTENT_TYPE)


def _told(cause: str, problems: Sequence[Problem], after: float | None, ask: str) -> Iterator[str]:
    yield write("Cause", cause, prefix=_PREFIX)
    for lang in _LANGUAGES:
        yield _in(lang, "Message", explain(cause, lang).text)
    for lang in _LANGUAGES:
        yield _in(lang, "Mend", explain(cause, lang).mend)
    yield write("RetryAfter", None if after is None else f"{after:.3f}", prefix=_PREFIX)
    yield write("Ask", ask or None, prefix=_PREFIX)
    for one in problems:
        texts = "".join(_in(lang, "Message", explain(one, lang).text) for lang in _LANGUAGES)
        place = write("Place", one.place, prefix=_PREFIX) + write("Cause", one.code, prefix=_PREFIX)
        yield f"<{_PREFIX}:Problem>{place}{texts}</{_PREFIX}:Problem>"


def _in(lang: str, name: str, text: str) -> str:
    return f'<{_PREFIX}:{name} lang="{lang}">{said(text)}</{_PREFIX}:{name}>'
