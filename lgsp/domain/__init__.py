"""What is true of dossiers, codes and causes in this country: facts with sources, and pure functions."""
