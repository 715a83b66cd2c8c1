"""A packet says the same in any encoding of Unicode, whatever it calls itself."""

from __future__ import annotations

import codecs
import unicodedata

import pytest

from tests.formats.edxml.packets import packet, taken, told

PLAIN = taken(packet()).data


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-16"?>'])
def test_any_unicode_encoding_is_read(encoding: str, declared: str) -> None:
    """A byte order mark, and UTF-16 of either order, say the same as UTF-8."""
    assert taken((declared + packet().decode()).encode(encoding)).data == PLAIN


@pytest.mark.parametrize(
    ("declared", "encoding", "read"),
    [
        ("", "utf-16-le", "UTF-16"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16-be", "UTF-16"),
        ('<?xml version="1.0" encoding="windows-1258"?>', "ascii", "windows-1258"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8", ""),
        ('<?xml version="1.0" encoding="utf-8" standalone="no"?>', "utf-8", ""),
    ],
)
def test_another_encoding_is_noticed(declared: str, encoding: str, read: str) -> None:
    """It is read, and told once: what is not UTF-8 others read as something else, or not at all."""
    plain = unicodedata.normalize("NFKD", packet().decode()).encode("ascii", "ignore").decode()
    found = taken((declared + plain).encode(encoding))
    assert [(one.code, one.read) for one in found.findings] == ([("other-encoding", read)] if read else [])


@pytest.mark.parametrize("label", ["utf-16", "UTF-16LE", "ISO-10646-UCS-2"])
@pytest.mark.parametrize("quote", "\"'")
def test_what_calls_itself_utf_16_and_is_not_is_utf_8(label: str, quote: str) -> None:
    """As .NET writes a text into bytes that it had made as a text: each letter is that which was meant."""
    body = f"<?xml version={quote}1.0{quote} encoding={quote}{label}{quote}?>" + packet().decode()
    assert taken(body.encode()).data == PLAIN
    (found,) = taken(body.encode()).findings
    assert (found.code, found.place, found.read) == ("other-than-declared", "edXML", label)


def test_a_byte_order_mark_says_more_than_the_declaration() -> None:
    """UTF-16 that still declares itself to be UTF-8, as a careless conversion leaves it, is read."""
    body = ('<?xml version="1.0" encoding="UTF-8"?>' + packet().decode()).encode("utf-16")
    assert body.startswith(codecs.BOM_UTF16_LE)
    assert taken(body).data == PLAIN
    assert ("byte-order-mark", "edXML") in told(taken(body))
