"""The rules of a journal, by what they are about; `lgsp.testing.journal` puts them together."""
