"""Reports to higher offices: what they are made of, periods, formulas, invariants and versions."""
