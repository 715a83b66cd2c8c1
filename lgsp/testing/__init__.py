"""Suites that an author gets instead of writes: what every journal, broker and adapter must hold."""
