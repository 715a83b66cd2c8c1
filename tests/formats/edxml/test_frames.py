"""Nothing that stands in the elements that hold the others is lost, however little it is."""

from __future__ import annotations

import pytest

from tests.formats.edxml.packets import MESSAGE, PDF, again, attached, fault, message, taken, told

FRAMES = {
    "edXML": "edXMLEnvelope",
    "edXMLEnvelope": "edXMLHeader",
    "edXMLHeader": "MessageHeader",
    "edXMLBody": "edXMLManifest",
    "edXMLManifest": "Reference",
    "AttachmentEncoded": "Attachment",
}
"""Each with the element that begins it."""
BODY = attached(PDF).decode()


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("frame", "first"), FRAMES.items(), ids=FRAMES)
def test_a_text_in_a_frame_is_kept(frame: str, first: str, before: bool) -> None:
    """Before the elements or behind them, it is found, stays beside the data, and is written again."""
    if before:
        body = BODY.replace(f"<{first}>", f" a <{first}>").replace(f"<{first} ", f" a <{first} ")
    else:
        body = BODY.replace(f"</{frame}>", f" a </{frame}>")
    one, other, _ = again(body.encode())
    assert one.data["extra"] == {f"{frame}/#text": "a"} == other.data["extra"]
    assert told(one) == {("stray-text", frame)}


@pytest.mark.parametrize("frame", [*FRAMES])
def test_an_attribute_of_a_frame_is_kept(frame: str) -> None:
    """But for the version of the manifest, which every writer gives it."""
    one, other, _ = again(BODY.replace(f"<{frame}", f"<{frame} a='b'", 1).encode())
    assert one.data["extra"] == {f"{frame}/@a": "b"} == other.data["extra"]
    assert told(one) == {("unused-attribute", f"{frame}@a")}


@pytest.mark.parametrize("frame", [*FRAMES])
def test_an_element_of_a_frame_is_kept(frame: str) -> None:
    """One that nobody knows stands behind those that are known."""
    one, other, _ = again(BODY.replace(f"</{frame}>", f"<Foo>a</Foo></{frame}>").encode())
    assert one.data["extra"] == {f"{frame}/Foo": "a"} == other.data["extra"]
    assert told(one) == {("unknown-field", f"{frame}/Foo")}


def test_a_header_in_what_nobody_knows_is_kept() -> None:
    """A whole one, as when a packet is quoted in another: it is written again with all that it says."""
    whole = f"<Foo><MessageHeader>{message()}</MessageHeader></Foo>"
    one, other, written = again(BODY.replace("</MessageHeader>", f"{whole}</MessageHeader>").encode())
    assert one.data["extra"]["Foo"] == other.data["extra"]["Foo"]
    assert written.decode().count(MESSAGE["DocumentId"]) == 2


@pytest.mark.parametrize("space", [" ", "\r\n\t"])
def test_space_in_frames_is_nothing(space: str) -> None:
    """Layout is not said: a packet that has some is the same packet, without a finding."""
    usual, laid = taken(BODY.encode()), taken(BODY.replace("><", f">{space}<").encode())
    assert (laid.data, laid.native, laid.findings) == (usual.data, usual.native, [])


@pytest.mark.parametrize("body", [BODY[: BODY.rindex("Encoded></Att") + 7], f"{BODY} ContentTransferEncoded"])
def test_a_packet_that_breaks_off_in_the_name_of_a_content_is_turned_away(body: str) -> None:
    """Its tag has no end: nobody looks for that for ever."""
    assert fault(body.encode())[0] == "not-xml"
