"""Published figures on dossiers: reading them, and telling whether they add up and by which definitions."""
