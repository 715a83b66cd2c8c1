"""Credentials: their secrets, what they are good for, and who is let in by them."""
