"""Measuring what a message costs: accept alone, the whole walk, the drain, and the floor beside them."""
