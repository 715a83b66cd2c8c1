"""The working calendar: which days are worked, by whom, and when a term ends; notices are data."""
