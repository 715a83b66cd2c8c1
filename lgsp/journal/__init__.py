"""The journal: every message taken on and all that befell it. It is the truth; the broker moves work."""
