"""What was said to a system is kept as it was said, and read again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lgsp.wire.exchange import Exchange, packed, redacted, unpacked

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.builds(Exchange, TEXTS, st.binary(), st.integers(0, 599), st.binary(), st.floats(0, 1e6))))
def test_what_is_kept_is_read_again(exchanges: list[Exchange]) -> None:
    """Whatever stands in a request or an answer, line breaks and odd bytes too, comes back as it was."""
    assert unpacked(packed(exchanges)) == [exchange.as_dict() for exchange in exchanges]


def test_secrets_are_taken_out_and_long_texts_shortened() -> None:
    """A credential is not kept; of a long text the beginning and its length are."""
    assert redacted(b'{"session":"s3cret"}', ("s3cret", "")).decode() == '{"session":"•••"}'
    long = redacted(b"x" * 70_000, ()).decode()
    assert long.endswith("… (70000 bytes)")
    assert len(long) < 66_000
