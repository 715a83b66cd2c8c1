"""Formats that more than one adapter speaks."""
