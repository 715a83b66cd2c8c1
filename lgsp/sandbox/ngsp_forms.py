"""Writing what the stand-in of the integration platform says: JSON, or XML as a WSO2 gateway has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

import orjson

from lgsp.sandbox.ngsp_book import Digits

_JSON, _XML = b"application/json", b"application/xml; charset=UTF-8"
_DATA = "http://ws.wso2.org/dataservice"
_SECURITY = "http://wso2.org/apimanager/security"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_MARK = re.compile(r'"#([0-9.+-]+)#"')


def in_json(told: Any, *, texts: bool, one_alone: bool, in_text: bool) -> tuple[bytes, bytes]:
    """Return JSON and its content type.

    Args:
        told: what is said; `Digits` are numbers.
        texts: numbers are written as texts.
        one_alone: a list of one is written as that one.
        in_text: the whole is put into a JSON text.
    """
    marked = orjson.dumps(_plain(told, texts=texts, one_alone=one_alone)).decode()
    body = _MARK.sub(r"\1", marked)
    return orjson.dumps(body) if in_text else body.encode(), _JSON


def in_xml(told: Any) -> tuple[bytes, bytes]:
    """Return XML as a data service writes it, with its namespace, and its content type."""
    plain = _plain(told, texts=True, one_alone=False)
    if isinstance(plain, list):
        plain = {"objects": {"object": plain}}
    elif len(plain) != 1 or not isinstance(next(iter(plain.values())), dict):
        plain = {"Result": plain}
    (root,) = plain
    pieces = "".join(_element(root, plain[root], f' xmlns="{_DATA}/Mau" xmlns:xsi="{_INSTANCE}"'))
    return f'<?xml version="1.0" encoding="UTF-8"?>{pieces}'.encode(), _XML


def fault(code: str, words: Mapping[str, str], *, xml: bool, bare: bool) -> tuple[bytes, bytes]:
    """Return a fault of the gateway and its content type.

    Args:
        code: its code.
        words: beside it.
        xml: in XML, else in JSON.
        bare: without `fault` around it, the code as a text, as newer gateways write it.
    """
    if xml:
        inside = "".join(f"<ams:{name}>{escape(text)}</ams:{name}>" for name, text in words.items())
        body = f'<ams:fault xmlns:ams="{_SECURITY}"><ams:code>{code}</ams:code>{inside}</ams:fault>'
        return body.encode(), _XML
    told = {"code": code if bare else int(code), **words}
    return orjson.dumps(told if bare else {"fault": told}), _JSON


def _plain(told: Any, *, texts: bool, one_alone: bool) -> Any:
    if isinstance(told, Digits):
        return told.text if texts else f"#{told.text}#"
    if isinstance(told, Mapping):
        return {name: _plain(value, texts=texts, one_alone=one_alone) for name, value in told.items()}
    if isinstance(told, list):
        found = [_plain(one, texts=texts, one_alone=one_alone) for one in told]
        return found[0] if one_alone and len(found) == 1 else found
    return told


def _element(name: str, value: Any, attributes: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _element(name, one)
    elif value is None:
        yield f'<{name}{attributes} xsi:nil="true"/>'
    elif isinstance(value, Mapping):
        yield f"<{name}{attributes}>"
        for key, one in value.items():
            yield from _element(key, one)
        yield f"</{name}>"
    else:
        yield f"<{name}{attributes}>{escape(str(value))}</{name}>"
