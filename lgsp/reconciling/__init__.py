"""Reconciliation at work: asking the far side, comparing, repairing, and what people get of it."""
