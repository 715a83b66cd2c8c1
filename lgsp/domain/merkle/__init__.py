"""An append-only tree of hashes, its proofs, and signed notes of it."""
