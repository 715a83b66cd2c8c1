"""How a dossier moves: ordinary and odd moves, four vocabularies that are kept apart, and local states."""
