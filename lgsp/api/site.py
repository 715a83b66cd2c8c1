"""Putting the site together: endpoints, the systems' own façades, and the edge around them."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

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
from lgsp.api.edge import App, Edge
from lgsp.api.express import Express, Lanes, lanes
from lgsp.api.faults import answer_faults
from lgsp.api.files import files_router
from lgsp.api.handovers import handovers_router
from lgsp.api.inbox import SystemInbox
from lgsp.api.incoming import bringing, bringing_native, incoming_router
from lgsp.api.jobs import jobs_router
from lgsp.api.keys import keys_router
from lgsp.api.oauth2 import oauth2_router
from lgsp.api.outlook import outlook_router
from lgsp.api.people import people_router
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
from lgsp.api.tollgate import Tollgate

BODY_LIMIT = 64 * 1024 * 1024


def site(desk: Desk, wake: Callable[[str], None], *, limit: int = BODY_LIMIT) -> App:
    """Return the ASGI application."""
    app = FastAPI(title="LGSP", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    answer_faults(app)
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
