"""Handing out files that the far side fetches by a link of ours, and fetching them from their source."""
