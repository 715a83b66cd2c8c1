"""Alerts: seeing that something needs a person, and telling that person once."""
