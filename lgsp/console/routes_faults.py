"""The faults of routes in the reader's words: `lgsp check` tells them in English, like logs and the API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lgsp.console.language import Catalogue, told
from lgsp.console.routes_text import placed

_KNOWN = (
    (
        r"route '(?P<route>[^']*)' names system '(?P<system>[^']*)', which is not declared; .*",
        told(
            "tuyến %(route)s nêu hệ thống %(system)s chưa được khai báo; khai báo trong systems hoặc sửa tên"
        ),
    ),
    (
        r"(?P<one>\S+) and (?P<other>\S+) both serve (?P<code>\S+) and take (?P<type>\S+); .*",
        told(
            "%(one)s và %(other)s cùng phục vụ %(code)s, cùng nhận %(type)s; giao cho một hệ thống, "
            "hoặc chia nhỏ"
        ),
    ),
    (
        r"route '(?P<route>[^']*)': there is no type '(?P<type>[^']*)'; use one of (?P<known>.*)",
        told("tuyến %(route)s: không có loại %(type)s; dùng một trong các loại %(known)s"),
    ),
    (
        r"route '(?P<route>[^']*)': (?P<system>\S+) does not take (?P<type>\S+); .*",
        told("tuyến %(route)s: %(system)s không nhận %(type)s; bỏ khỏi to"),
    ),
    (
        r"route '(?P<route>[^']*)': (?P<system>\S+) does not bring (?P<type>\S+); .*",
        told("tuyến %(route)s: %(system)s không gửi %(type)s; sửa from hoặc type"),
    ),
    (
        r"route '(?P<route>[^']*)': no system brings (?P<type>\S+); .*",
        told("tuyến %(route)s: không hệ thống nào gửi %(type)s; bỏ tuyến hoặc thêm hệ thống"),
    ),
    (
        r"route '(?P<route>[^']*)' takes (?P<type>\S+) to (?P<system>\S+), where .* (?P<anchor>\S+): it .*",
        told(
            "tuyến %(route)s chuyển %(type)s đến %(system)s nhưng không tuyến nào chuyển %(anchor)s đến đó, "
            "nên sẽ chờ mãi; thêm tuyến cho %(anchor)s"
        ),
    ),
    (
        r"route '(?P<route>[^']*)' is there twice; .*",
        told("tuyến %(route)s có hai lần; đổi tên một tuyến"),
    ),
    (
        r"the test names type '(?P<type>[^']*)', which there is not; .*",
        told("phép thử nêu loại %(type)s không có; sửa tên"),
    ),
    (
        r"the test names system '(?P<system>[^']*)', which is not declared; .*",
        told("phép thử nêu hệ thống %(system)s chưa được khai báo; sửa tên"),
    ),
    (
        r"(?P<type>\S+) from (?P<source>\S+) goes to (?P<gives>.*), not to (?P<wanted>.*); mend the routes.*",
        told(
            "phép thử: %(type)s từ %(source)s đi đến %(gives)s, không phải %(wanted)s; sửa tuyến "
            "hoặc phép thử"
        ),
    ),
    (
        r"system '(?P<system>[^']*)' is gone but has open deliveries; .*",
        told("hệ thống %(system)s bị bỏ trong khi còn lượt chuyển chưa xong; giữ lại đến khi xong hết"),
    ),
    (
        r"systems\.(?P<system>\S+) has no job '(?P<job>[^']*)'; .*",
        told("hệ thống %(system)s không có tác vụ %(job)s; sửa tên hoặc bỏ đi"),
    ),
    (
        r"adapter '(?P<name>[^']*)'.*",
        told("không có bộ chuyển đổi %(name)s; sửa tên hoặc thêm bộ chuyển đổi"),
    ),
    (
        r"silence of '(?P<system>[^']*)', which is not there; .*",
        told("cảnh báo im lặng nêu hệ thống %(system)s không có; sửa tên hoặc khai báo hệ thống"),
    ),
    (
        r"(?P<place>\S+): env (?P<name>\S+): is not there and has no default; .*",
        told("%(place)s: biến môi trường %(name)s chưa đặt và không có mặc định; đặt biến trên máy chủ"),
    ),
    (
        r"(?P<place>\S+): file (?P<name>\S+): is not there and has no default; .*",
        told("%(place)s: không có tệp %(name)s và không có mặc định; tạo tệp trên máy chủ"),
    ),
    (
        r"(?P<place>\S+): is not known here; use one of (?P<known>.*), or take it out",
        told("%(place)s: không có mục này; dùng một trong các mục %(known)s, hoặc bỏ đi"),
    ),
    (
        r"(?P<place>\S+): is not known here; .*",
        told("%(place)s: không có mục này; sửa chính tả hoặc bỏ đi"),
    ),
    (r"(?P<place>\S+): is required; add it", told("%(place)s: bắt buộc có; thêm vào")),
    (r"(?P<place>\S+): Field required.*", told("%(place)s: bắt buộc có; thêm vào")),
    (r"not YAML: (?P<what>.*); mend the line", told("không đúng cú pháp YAML (%(what)s); sửa dòng này")),
    (r"is not a mapping; .*", told("tệp phải có hai phần systems và routes")),
    (r"(?P<place>\S+): (?P<what>.*); mend the value", told("%(place)s: giá trị không hợp lệ (%(what)s)")),
    (
        r"(?P<place>[\w.-]+): (?P<what>(?:Input|String|Value|List|Extra).*)",
        told("%(place)s: giá trị không hợp lệ (%(what)s)"),
    ),
)
"""Faults by their wording; what is in none of these is shown as it was told."""
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _KNOWN)


class Fault(NamedTuple):
    """A fault of a text.

    Attributes:
        line: where it stands, counted from 1; 0: nowhere in the text.
        text: marked with `told`, with values to put in; or as it was told, without values.
        values: of the text.
    """

    line: int
    text: str
    values: dict[str, str]

    def __str__(self) -> str:
        """Return it in Vietnamese."""
        return Catalogue("vi").say(self.text, **self.values)


def told_faults(faults: Iterable[str]) -> list[Fault]:
    """Return faults that `lgsp check` found in words that can be translated; none twice in one place."""
    return list({(one.line, str(one)): one for one in _each(faults)}.values())


def _each(faults: Iterable[str]) -> Iterator[Fault]:
    for line, fault in placed(faults):
        for pattern, text in _PATTERNS:
            if found := pattern.fullmatch(fault):
                yield Fault(line, text, found.groupdict())
                break
        else:
            yield Fault(line, fault, {})
