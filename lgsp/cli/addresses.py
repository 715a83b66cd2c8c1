"""How what is started is reached: the host that others name, and the variable of a system's token."""

from __future__ import annotations


def reachable(host: str) -> str:
    """Return the host under which this machine reaches what listens on an address."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def variable_of(system: str) -> str:
    """Return the environment variable that holds a system's token."""
    return f"LGSP_TOKEN_{system.upper().replace('-', '_')}"
