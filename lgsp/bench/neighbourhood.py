"""The home of a measurement with several systems: one source, and a portal for each agency."""

from __future__ import annotations

from collections.abc import Sequence

_ROUTE = """
  - name: dossiers-{n}
    from: one-stop
    type: dossier.v1
    where: {{agency: "under:H44.{agency}"}}
    to: [portal-{n}]"""
_PORTAL = """
  portal-{n}:
    adapter: national_portal
    config: {{url: "http://127.0.0.1:{port}/national-portal", username: lgsp, password: bench, agency: H44}}
    deliver: {{concurrency: 64, settle: 2s, retry: [1s, 2s, 3s, 5s, 8s, 8s, 8s, 8s, 8s, 8s]}}"""
FIRST_AGENCY = 11


def neighbourhood(ports: Sequence[int]) -> str:
    """Return the `routes.yaml` of one source and a portal behind each port, by agency from the first one."""
    portals = "".join(_PORTAL.format(n=n, port=port) for n, port in enumerate(ports, 1))
    routes = "".join(_ROUTE.format(n=n, agency=FIRST_AGENCY + n - 1) for n in range(1, len(ports) + 1))
    return f"systems:\n  one-stop: {{adapter: one_stop, serves: [H44]}}{portals}\nroutes:{routes}\n"
