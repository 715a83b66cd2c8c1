"""Demonstrating the gateway with a sandbox and a one-stop's traffic, all in one process."""

from lgsp.demo.command import demonstrate

__all__ = ["demonstrate"]
