"""How much of everything a packet may have before it is turned away."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(slots=True, frozen=True)
class Limits:
    """Bounds of one packet. Our own: no rule that could be read sets any; gateways are said to take 50 MB.

    Attributes:
        packet: bytes of the packet as it comes.
        prolog: bytes before the root element.
        token: bytes of one tag, comment or processing instruction.
        text: characters of everything but the attachments' base64, together with the names.
        elements: elements, and attributes, of the whole packet.
        attributes: of one element, namespaces among them.
        depth: elements inside each other.
        attachments: files of a packet.
        attachment: bytes of one file, unpacked.
        unpacked: bytes of all files, unpacked.
        ratio: how many times larger than its archive an unpacked file may be, beyond `floor`.
        floor: bytes up to which no ratio is asked for.
    """

    packet: int = 512 * _MIB
    prolog: int = 8 * 1024
    token: int = 256 * 1024
    text: int = 4 * _MIB
    elements: int = 50_000
    attributes: int = 64
    depth: int = 32
    attachments: int = 500
    attachment: int = 512 * _MIB
    unpacked: int = 1024 * _MIB
    ratio: int = 200
    floor: int = 8 * _MIB
