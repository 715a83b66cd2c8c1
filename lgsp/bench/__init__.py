"""Measuring what a message costs: accept alone, the whole walk, the drain of a backlog, and the floor beside them."""
