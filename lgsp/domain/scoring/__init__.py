"""A preview of those measures of Decision 766/QD-TTg that the dossiers we carry bind."""
