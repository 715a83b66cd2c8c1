"""The journal: every message taken on and everything that befell it. It is the truth; the broker moves work."""
