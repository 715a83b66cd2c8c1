"""Putting the site together: endpoints, the systems' own façades, and the edge around them."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from lgsp.api.acts import acts_router
from lgsp.api.alarms import alarms_router
from lgsp.api.ask import ask_router, putting
from lgsp.api.asks import asks_router
from lgsp.api.audit import audit_router
from lgsp.api.calendar import calendar_router
from lgsp.api.causes import causes_router
from lgsp.api.checks import checks_router
from lgsp.api.codes import codes_router
from lgsp.api.counterparts import counterparts_router
from lgsp.api.credentials import credentials_router
from lgsp.api.described import describe
from lgsp.api.desk import Desk
from lgsp.api.disclosures import disclosures_router
from lgsp.api.documents import documents_router
from lgsp.api.edge import App, Edge, journal_unavailable
from lgsp.api.express import Express, Lanes, lanes
from lgsp.api.files import files_router
from lgsp.api.handovers import handovers_router
from lgsp.api.hull import fault_number
from lgsp.api.inbox import SystemInbox
from lgsp.api.incoming import bringing, bringing_native, incoming_router
from lgsp.api.jobs import jobs_router
from lgsp.api.keys import keys_router
from lgsp.api.oauth2 import oauth2_router
from lgsp.api.outlook import health_router, outlook_router
from lgsp.api.people import people_router
from lgsp.api.problems import ApiError, places, problem
from lgsp.api.procedures import procedures_router
from lgsp.api.reconciliations import reconciliations_router
from lgsp.api.reconciliations_found import found_router
from lgsp.api.reconciliations_repairs import repairs_router
from lgsp.api.replays import replays_router
from lgsp.api.report_files import report_files_router
from lgsp.api.report_tables import report_tables_router
from lgsp.api.reports import reports_router
from lgsp.api.reports_acts import report_acts_router
from lgsp.api.resends import resends_router
from lgsp.api.retention import retention_router
from lgsp.api.routes import routes_router
from lgsp.api.scores import scores_router
from lgsp.api.shadow import shadow_router
from lgsp.api.statistics import statistics_router
from lgsp.api.statistics_tables import statistics_tables_router
from lgsp.api.status import status_router
from lgsp.api.stuck import stuck_router
from lgsp.api.tollgate import Tollgate, refuse, refused
from lgsp.errors import Rejected, Throttled
from lgsp.journal.contract import JournalError
from lgsp.keys import UnreadableError

log = structlog.get_logger(__name__)
BODY_LIMIT = 64 * 1024 * 1024


def site(desk: Desk, wake: Callable[[str], None], *, limit: int = BODY_LIMIT) -> App:
    """Return the ASGI application."""
    app = FastAPI(title="LGSP", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    _answer_faults(app)
    describe(app)
    bring, put = bringing(desk), putting(desk)
    app.include_router(incoming_router(bring, bringing_native(desk)))
    express: Lanes = {}
    for name, counterpart in desk.gateway.counterparts.items():
        facade = counterpart.adapter.router(SystemInbox(name, desk, desk.gate))
        if facade is not None:
            app.include_router(facade, prefix=f"/systems/{name}", tags=[name])
            express |= lanes(facade, f"/systems/{name}")
        express["POST", f"/v1/systems/{name}/messages"] = bring, {"system": name}
        express["POST", f"/v1/systems/{name}/ask"] = put, {"system": name}
    for questions in (ask_router(put), asks_router(desk), checks_router(desk), status_router(desk)):
        app.include_router(questions)
    app.include_router(outlook_router(desk))
    app.include_router(disclosures_router(desk))
    app.include_router(documents_router(desk))
    app.include_router(report_files_router(desk))
    app.include_router(acts_router(desk, wake))
    app.include_router(counterparts_router(desk))
    app.include_router(audit_router(desk))
    app.include_router(alarms_router(desk))
    app.include_router(replays_router(desk))
    app.include_router(reconciliations_router(desk))
    app.include_router(found_router(desk))
    app.include_router(repairs_router(desk))
    app.include_router(stuck_router(desk))
    app.include_router(handovers_router(desk))
    app.include_router(shadow_router(desk))
    app.include_router(resends_router(desk))
    app.include_router(jobs_router(desk))
    app.include_router(retention_router(desk))
    app.include_router(routes_router(desk))
    app.include_router(keys_router(desk))
    app.include_router(codes_router(desk))
    app.include_router(procedures_router(desk))
    app.include_router(calendar_router(desk))
    app.include_router(causes_router(desk, wake))
    app.include_router(people_router(desk))
    app.include_router(credentials_router(desk))
    app.include_router(oauth2_router(desk))
    app.include_router(scores_router(desk))
    app.include_router(statistics_router(desk))
    app.include_router(reports_router(desk))
    app.include_router(report_acts_router(desk))
    app.include_router(files_router(desk))
    app.include_router(report_tables_router(desk))
    app.include_router(statistics_tables_router(desk))
    larger = {f"/systems/{name}/": to.adapter.largest for name, to in desk.gateway.counterparts.items()}
    inside = Tollgate(Express(app, express), desk.door, desk.gate)
    return Edge(inside, limit, larger, desk.door.entering)


def _answer_faults(app: FastAPI) -> None:
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _no_such_place)
    app.add_exception_handler(JournalError, _journal_error)
    app.add_exception_handler(UnreadableError, _unreadable)
    app.add_exception_handler(Throttled, _refused)
    app.add_exception_handler(Rejected, _refused)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)
    app.add_exception_handler(Exception, _bug)


def health_site(desk: Desk) -> App:
    """Return the application of a process that does not serve: whether it is alive and ready."""
    app = FastAPI(title="LGSP", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_exception_handler(HTTPException, _no_such_place)
    app.add_exception_handler(Exception, _bug)
    app.include_router(health_router(desk))
    return app


async def _no_such_place(_: Request, fault: Exception) -> Response:
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


async def _bug(request: Request, _: Exception) -> Response:
    """Say no more than the number under which the bug stands in the log, where the hull writes it."""
    return problem(500, "internal", fault=fault_number(request.scope))


async def _wrong_parameter(_: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)  # noqa: S101 - registered for this class alone
    return problem(422, "invalid", problems=places(fault))
