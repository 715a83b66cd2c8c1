"""Look-ups: asking another system while somebody waits, with care for it and a trace of each question."""
