"""Reconciliation: what three sides say of one dossier, and what that comes to. Pure, no I/O."""
