"""The fields of the national portal's catalogues: agencies, fields, procedures and online services.

Sources: the read services `LayDanhMucCoQuan`, `LayDanhMucLinhVuc`, `LayDanhSachTTHC`, `LayThuTuc` and
`LayDVC`, whose key names are known from client systems (high confidence), their meanings less surely. Values
are strings or numbers, arrays may be absent, and the case of some keys varies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from lgsp.formats.fields import Field, Form, Table, words

AGENCIES_SERVICE = "LayDanhMucCoQuan"
FIELDS_SERVICE = "LayDanhMucLinhVuc"
PROCEDURES_SERVICE = "LayDanhSachTTHC"
PROCEDURE_SERVICE = "LayThuTuc"
ONLINE_SERVICE = "LayDVC"

AGENCY, FIELD, PROCEDURE, SERVICE = "agency.v1", "field.v1", "procedure.v1", "procedure.service.v1"

PUBLISHED = "published"
APPLIED = "APDUNGDVC"
"""Where a service is applied; what stands in its rows is not public."""

_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")


def _read_whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


WHOLE = Form(_read_whole, str, "not-a-number")
STATE = words({"1": PUBLISHED})
LEVELS = words({"0": "ministry", "1": "province", "2": "district", "3": "commune"})
CHANNELS = words({"1": "direct", "2": "online", "3": "post"})

_always = partial(Field, always=True)

BODY = Table(_always("MADONVI", "code"), _always("TENDONVI", "name"))
OTHER_PROCEDURE = Table(_always("MATTHC", "code"), _always("TENTTHC", "name"))
CHARGE = Table(
    _always("MAPHILEPHI", "code"),
    _always("SOTIEN", "amount", WHOLE),
    _always("DONVI", "unit"),
    _always("MOTA", "description"),
)
TIME = Table(
    _always("THOIGIANGIAIQUYET", "duration"),
    _always("DONVITINH", "unit"),
    _always("MOTA", "description"),
    _always("PHILEPHI", "fees", rows=CHARGE),
)
PAPER = Table(
    _always("MAGIAYTO", "code"),
    _always("TENGIAYTO", "name"),
    _always("TENMAUDON", "template"),
    _always("SOBANCHINH", "originals", WHOLE),
    _always("SOBANSAO", "copies", WHOLE),
    _always("URL", "url"),
)

PROCEDURE_RECORD = Table(
    Field("MATTHC", "code", required=True),
    _always("TENTTHC", "name", expected=True),
    _always("ID", "portal_id"),
    _always("LOAITTHC", "kind"),
    Field("TRANGTHAI", "state", STATE, expected=True),
    _always("MACOQUANCONGBO", "publication/agency"),
    _always("IDQUYETDINHCONGBO", "publication/decision_id"),
    _always("QUYETDINH", "publication/decision"),
    _always("MOTA", "description"),
    _always("YEUCAU", "requirements"),
    _always("TUKHOA", "keywords"),
    _always("DIACHITIEPNHAN", "reception_address"),
    _always("MOTADOITUONGTHUCHIEN", "applicants"),
    _always("MOTACOQUANTHUCHIEN", "executed_by"),
    _always("MOTACOQUANTHAMQUYEN", "decided_by"),
    _always(
        "LINHVUCTHUCHIEN",
        "fields",
        expected=True,
        rows=Table(_always("MALINHVUC", "code"), _always("TENLINHVUC", "name")),
    ),
    _always("CAPTHUCHIEN", "levels", rows=Table(Field("CAPTHUCHIEN", "level", LEVELS))),
    _always(
        "TRINHTUTHUCHIEN",
        "steps",
        rows=Table(
            _always("TRUONGHOP", "case"),
            _always("TRINHTU", "steps", rows=Table(_always("TENTRINHTU", "name"))),
        ),
    ),
    _always(
        "CACHTHUCTHUCHIEN",
        "methods",
        rows=Table(Field("KENH", "channel", CHANNELS), _always("THOIGIAN", "times", rows=TIME)),
    ),
    _always("DOITUONGTHUCHIEN", "recipients", rows=Table(_always("TENDOITUONG", "name"))),
    _always(
        "THANHPHANHOSO",
        "papers",
        rows=Table(_always("TRUONGHOP", "case"), _always("GIAYTO", "papers", rows=PAPER)),
    ),
    _always(
        "KETQUATHUCHIEN",
        "results",
        rows=Table(_always("MAKETQUA", "code"), _always("TENKETQUA", "name")),
    ),
    _always(
        "CANCUPHAPLY",
        "legal_bases",
        rows=Table(_always("SOVANBAN", "number"), _always("TENVANBAN", "name")),
    ),
    _always("COQUANTHUCHIEN", "executing", rows=BODY),
    _always("COQUANCOTHAMQUYEN", "deciding", rows=BODY),
    _always("COQUANDUOCUYQUYEN", "authorised", rows=BODY),
    _always("COQUANPHOIHOP", "coordinating", rows=BODY),
    _always("TTHCLIENQUAN", "related", rows=OTHER_PROCEDURE),
    _always("TTHCLIENTHONG", "interlinked", rows=OTHER_PROCEDURE),
)
"""A record of `LayThuTuc`."""

AGENCY_ROW = Table(
    Field("MADONVI", "code", required=True),
    _always("TENDONVI", "name", expected=True),
    _always("CAPDONVI", "level"),
)
FIELD_ROW = Table(
    Field("MALINHVUC", "code", required=True),
    _always("TENLINHVUC", "name", expected=True),
    _always("MANGANH", "sector"),
)
SERVICE_ROW = Table(
    Field("MADVC", "code", required=True),
    _always("TENDVC", "name", expected=True),
    _always("MATTHC", "procedure/code"),
    _always("TENTTHC", "procedure/name"),
    _always("TENCOQUANBANHANH", "publisher"),
    _always("TENLINHVUC", "field"),
)

TABLES = {AGENCY: AGENCY_ROW, FIELD: FIELD_ROW, PROCEDURE: PROCEDURE_RECORD, SERVICE: SERVICE_ROW}
"""The native form of each catalogue's items."""


def native(type_: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as the portal's lists and records have it: all keys are there, in texts.

    A procedure that is listed and not published has the state that stood in its record.
    """
    said = {name: value for name, value in data.items() if name != "state" or value == PUBLISHED}
    item = TABLES[type_].write(said)
    if type_ == SERVICE:
        item[APPLIED] = data.get("applied", [])
    return item
