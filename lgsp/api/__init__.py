"""The HTTP API: systems bring messages and ask what became of them, operators see and act."""
