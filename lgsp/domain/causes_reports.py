"""The causes around the book of reports: what keeps a report from being signed, and with what it was."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity, oddity

ROWS = (
    Cause(
        "report-contradicts",
        "Chưa ký được: số liệu của báo cáo mâu thuẫn với nhau",
        "Not signed: the report's figures contradict each other",
        Party.VENDOR,
        "Sửa các số liệu được nêu, hoặc ghi lý do vẫn ký (agreed); lý do đi kèm báo cáo.",
        "Mend the figures that are named, or say why they stand all the same (agreed); that goes with it.",
        severity=Severity.INFO,
    ),
    Cause(
        "home-faulty",
        "Định nghĩa báo cáo trong thư mục reports/ có lỗi",
        "The definitions of reports in reports/ have faults",
        Party.PLATFORM,
        "Người vận hành chạy `lgsp check`, sửa từng lỗi được nêu kèm dòng; có hiệu lực ngay.",
        "An operator runs `lgsp check` and mends each fault that is named with its line; it counts at once.",
    ),
    oddity(
        "contradiction-agreed",
        "{place}: số liệu mâu thuẫn, người ký vẫn ký và đã ghi lý do",
        "{place}: a contradiction that whoever signed let stand, with the reason",
    ),
)
