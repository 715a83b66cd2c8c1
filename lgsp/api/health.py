"""The site of a process that serves nobody but who watches it: whether it is alive and ready."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from lgsp.api.desk import Desk
from lgsp.api.edge import App
from lgsp.api.faults import bug, no_such_place
from lgsp.api.outlook import health_router


def health_site(desk: Desk) -> App:
    """Return the application of a process that does not serve: whether it is alive and ready."""
    app = FastAPI(title="LGSP", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_exception_handler(HTTPException, no_such_place)
    app.add_exception_handler(Exception, bug)
    app.include_router(health_router(desk))
    return app
