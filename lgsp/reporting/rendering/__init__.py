"""Reports and statistics as people look at them: one table model, and what is made of it."""
