"""The book of reports: drawn up, signed off, sent, followed, corrected and compared."""
