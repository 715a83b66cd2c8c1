"""Dossier statistics: what each dossier's life adds to which figure, and when, by named ways to count."""
