"""Files as they lie on a disk: by the hash of their content, encrypted at rest where there are keys."""
