"""Killing, freezing and cutting every part of an installation under load, and judging what is left."""
