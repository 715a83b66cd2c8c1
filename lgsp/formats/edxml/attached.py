"""The manifest and the attachments: two lists of a packet that say the same files, more or less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from xml.etree.ElementTree import Element

from lgsp.formats.edxml import sniffing
from lgsp.formats.edxml.elements import Reader
from lgsp.formats.edxml.keeping import Kept
from lgsp.formats.edxml.layout import ATTACHMENT, REFERENCE
from lgsp.formats.edxml.names import CONTENT, XLINK
from lgsp.formats.edxml.notes import Notes, unreadable
from lgsp.formats.edxml.parts import EXTRA
from lgsp.formats.edxml.tree import local, text_of

_CID = "cid:"
_LINK = {f"{{{XLINK}}}role": "XLinkRole", f"{{{XLINK}}}type": "simple"}
_HREF = f"{{{XLINK}}}href"


def read_attachments(
    references: Sequence[Element], attachments: Sequence[Element], kept: Mapping[Element, Kept], notes: Notes
) -> list[dict[str, Any]]:
    """Return a packet's files in canonical form; what is listed and did not come has no `dataref`.

    Args:
        references: the lines of the manifest.
        attachments: the elements of the files.
        kept: what came of their contents, by the contents' elements.
        notes: for what is odd.

    Raises:
        Invalid: an attachment has no content.
    """
    reader = Reader(notes)
    listed = [_reference(reader, node, number, notes) for number, node in enumerate(references, 1)]
    places = [f"AttachmentEncoded/Attachment[{number}]" for number in range(1, len(attachments) + 1)]
    files = [
        _attachment(reader, node, place, kept, notes) for node, place in zip(attachments, places, strict=True)
    ]
    ids = {one["id"] for one in files if "id" in one}
    found = []
    for one, place in zip(files, places, strict=True):
        reference = _taken(listed, one, ids)
        if reference is None:
            notes.odd("attachment-not-listed", place)
            one["unlisted"] = True
        found.append(_merged(one, reference or {}) if "name" in one else _named(one, reference or {}))
    for reference in listed:
        if reference is not None:
            notes.odd("listed-without-content", "edXMLManifest/Reference", reference.get("id", ""))
            found.append(_merged({}, reference))
    return found


def _reference(reader: Reader, node: Element, number: int, notes: Notes) -> dict[str, Any] | None:
    place = f"edXMLManifest/Reference[{number}]"
    if node.keys():
        identity = node.find("ContentId")
        _unlink(node, text_of(identity) if identity is not None else "")
    one = reader.read(REFERENCE, node, place)
    if not one:
        notes.odd("empty-element", place)
        return None
    return _without_cid(one)


def _unlink(node: Element, identity: str) -> None:
    """Leave out the links that .NET peers add, where they say nothing but the id again."""
    same = {identity, identity.removeprefix(_CID), _CID + identity.removeprefix(_CID), ""}
    if node.attrib.get(_HREF) in same:
        del node.attrib[_HREF]
    for name, usual in _LINK.items():
        if node.attrib.get(name) == usual:
            del node.attrib[name]


def _attachment(
    reader: Reader, node: Element, place: str, kept: Mapping[Element, Kept], notes: Notes
) -> dict[str, Any]:
    content = node.find(CONTENT)
    if content is None or content not in kept:
        raise unreadable("missing", f"{place}/{CONTENT}")
    one = reader.read(ATTACHMENT, node, place, skip=[CONTENT])
    for name, value in content.items():
        notes.odd("unused-attribute", f"{place}/{CONTENT}@{local(name)}", value)
    if one.get("id") and not one["id"].startswith(_CID):
        notes.odd("id-without-cid", f"{place}/ContentId")
    name = one.get("name", "")
    if "/" in name or "\\" in name:
        notes.odd("path-in-name", f"{place}/AttachmentName")
    return _without_cid(one) | _said(kept[content], name)


def _said(kept: Kept, name: str) -> dict[str, Any]:
    """Return what is known of a file's content; whether it was packed only where its name does not tell."""
    dataref, sha256, size, media_type, entry, undecoded = kept
    told = {"dataref": dataref, "sha256": sha256, "size": size, "media_type": media_type}
    if undecoded:
        return told | {"undecoded": True}
    packed = entry is not None
    if packed != sniffing.goes_packed(name):
        told["packed"] = packed
    if entry is not None:
        told |= {"entry": entry.name, "entry_time": entry.time}
    return told


def _without_cid(one: dict[str, Any]) -> dict[str, Any]:
    if "id" in one:
        one["id"] = one["id"].removeprefix(_CID)
    return one


def _taken(
    listed: list[dict[str, Any] | None], one: dict[str, Any], ids: AbstractSet[str]
) -> dict[str, Any] | None:
    """Take an attachment's reference out of the list: by its id, or where it has none by its name.

    Args:
        listed: the references that are left.
        one: the attachment.
        ids: of all attachments; a reference of one of them is no other's.
    """
    by = "id" if "id" in one else "name"
    for number, reference in enumerate(listed):
        if reference is not None and by in one and reference.get(by) == one[by]:
            if by == "name" and reference.get("id") in ids:
                continue
            listed[number] = None
            return reference
    return None


def _named(one: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    """Return a file that only the manifest names: by that name it tells whether it was packed."""
    merged = _merged(one, reference)
    if "name" in merged and "dataref" in merged and not merged.get("undecoded"):
        packed = merged.pop("packed", "entry" in merged)
        if packed != sniffing.goes_packed(merged["name"]):
            merged["packed"] = packed
    return merged


def _merged(one: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    """Return a file with what the manifest adds to it, and what it says otherwise."""
    otherwise: dict[str, Any] = {}
    for name in ("id", "name", "description"):
        if name in reference and name not in one:
            one[name] = reference[name]
        elif name in reference and reference[name] != one[name]:
            otherwise[name] = reference[name]
    if reference.get("content_type", sniffing.ZIP) != sniffing.ZIP:
        otherwise["content_type"] = reference["content_type"]
    if EXTRA in reference:
        otherwise[EXTRA] = reference[EXTRA]
    if otherwise:
        one["listed"] = otherwise
    return one
