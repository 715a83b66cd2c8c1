"""Whose code is this on that day: effective-dated facts about agencies, and answers as of a date."""
