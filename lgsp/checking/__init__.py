"""Checks of routes: asking other systems about a message before it is sent."""
