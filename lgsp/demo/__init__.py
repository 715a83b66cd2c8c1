"""The demonstration: a sandbox, a gateway and a one-stop system's traffic in one process, and what came of it."""
