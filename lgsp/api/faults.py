"""What is answered when a request cannot be: each kind of fault as its problem document."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from lgsp.api.edge import journal_unavailable
from lgsp.api.hull import fault_number
from lgsp.api.problems import ApiError, places, problem
from lgsp.api.tollgate import refuse, refused
from lgsp.errors import Rejected, Throttled
from lgsp.journal.contract import JournalError
from lgsp.keys import UnreadableError

log = structlog.get_logger(__name__)


def answer_faults(app: FastAPI) -> None:
    """Have each kind of fault answered by a problem document, and a bug by its number alone."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, no_such_place)
    app.add_exception_handler(JournalError, _journal_error)
    app.add_exception_handler(UnreadableError, _unreadable)
    app.add_exception_handler(Throttled, _refused)
    app.add_exception_handler(Rejected, _refused)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)
    app.add_exception_handler(Exception, bug)


async def no_such_place(_: Request, fault: Exception) -> Response:
    """Say that there is no such place, or that it cannot be used so."""
    assert isinstance(fault, HTTPException)  # noqa: S101 - registered for this class alone
    code = {404: "not-found", 405: "method-not-allowed"}.get(fault.status_code, "not-possible")
    return problem(fault.status_code, code, headers=fault.headers)


async def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Throttled | Rejected)  # noqa: S101 - registered for these classes alone
    return refused(request.scope, fault)


async def _api_error(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, ApiError)  # noqa: S101 - registered for this class alone
    refuse(request.scope, fault.code)
    return fault.response()


async def _journal_error(_: Request, fault: Exception) -> Response:
    assert isinstance(fault, JournalError)  # noqa: S101 - registered for this class alone
    return journal_unavailable(fault)


async def _unreadable(_: Request, fault: Exception) -> Response:
    """Name the place of what was altered, or whose key is lost: an operator looks for it there."""
    log.error("something that is kept cannot be read", fault=str(fault))
    return problem(500, "unreadable", str(fault))


async def bug(request: Request, _: Exception) -> Response:
    """Say no more than the number under which the bug stands in the log, where the hull writes it."""
    return problem(500, "internal", fault=fault_number(request.scope))


async def _wrong_parameter(_: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)  # noqa: S101 - registered for this class alone
    return problem(422, "invalid", problems=places(fault))
