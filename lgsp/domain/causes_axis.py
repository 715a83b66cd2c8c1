"""The causes for which the document axis takes no packet, or takes nothing from us; and its oddities."""

from __future__ import annotations

from lgsp.domain.cause import AGAIN_EN, AGAIN_VI, Cause, Party, Severity, oddity
from lgsp.errors import Scope

ROWS = (
    Cause(
        "axis-file-refused",
        "Trục văn bản từ chối: tệp gửi lên không hợp lệ",
        "The axis refused the packet's file as not valid",
        Party.PLATFORM,
        "Xem lời trục trả lời và gói tin trong `lgsp trace`; báo đội vận hành LGSP.",
        "Look at what the axis said, and at the packet, in `lgsp trace`; tell those who run LGSP.",
    ),
    Cause(
        "axis-packet-refused",
        "Trục văn bản từ chối: gói tin edXML không đúng chuẩn",
        "The axis refused the packet: no standard edXML",
        Party.VENDOR,
        "Bổ sung trường mà trục nêu tên trên phần mềm văn bản rồi gửi lại.",
        "Fill in what the axis names in the document system, and send it again.",
    ),
    Cause(
        "axis-receiver-unknown",
        "Trục văn bản không có đơn vị nhận này",
        "The receiver is not on the axis",
        Party.AGENCY,
        "Tra mã đơn vị nhận bằng `lgsp code`, sửa nơi nhận rồi gửi lại; hoặc gửi bản giấy.",
        "Look the code up with `lgsp code`, correct the receivers and send it again; or send paper.",
    ),
    Cause(
        "axis-receiver-locked",
        "Đơn vị nhận đã bị khóa trên trục văn bản",
        "The receiver is locked on the axis",
        Party.AGENCY,
        "Hỏi đơn vị nhận mã đang dùng; sửa nơi nhận rồi gửi lại.",
        "Ask the receiver for the code it uses now; correct the receivers and send it again.",
    ),
    Cause(
        "axis-others-refused",
        "Trục văn bản không nhận gói vì một nơi nhận khác; gói được gửi lại cho các nơi nhận còn lại",
        "The axis did not take the packet because of another receiver; it is sent again to the others",
        Party.NOBODY,
        AGAIN_VI,
        AGAIN_EN,
        retry_helps=True,
        severity=Severity.INFO,
    ),
    Cause(
        "axis-receiver-failed",
        "Trục văn bản báo không chuyển được đến đơn vị nhận, hoặc phần mềm nơi nhận không đọc được",
        "The axis says that the packet did not reach the receiver, or that its system could not read it",
        Party.AGENCY,
        "Liên hệ đơn vị nhận; sau khi bên đó khắc phục thì phát lại cho riêng đơn vị này.",
        "Ask the receiver; when it is mended there, replay it for that receiver alone.",
    ),
    Cause(
        "axis-sender-foreign",
        "Đơn vị gửi không thuộc mã đã đăng ký với trục văn bản",
        "The sender is not under the code that is registered with the axis",
        Party.AGENCY,
        "Kiểm tra mã đơn vị gửi trong văn bản; mã cũ phải đổi sang mã đang dùng.",
        "Check the sender's code in the document; an old code has to be replaced by the one in use.",
    ),
    Cause(
        "axis-sender-unregistered",
        "Đơn vị gửi chưa được đăng ký trên trục văn bản",
        "The sender is not registered with the axis",
        Party.PLATFORM,
        "Kiểm tra `agency` trong cấu hình; đăng ký đơn vị gửi với đơn vị vận hành trục.",
        "Check the configured `agency`; have the sender registered by those who run the axis.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "axis-credentials",
        "Trục văn bản không chấp nhận mã hệ thống hoặc chữ ký của LGSP",
        "The axis does not accept our system id or signature",
        Party.PLATFORM,
        "Kiểm tra mã hệ thống và khóa bí mật trong cấu hình, và đồng hồ của máy chủ.",
        "Check the configured system id and secret, and the server's clock.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "axis-fault",
        "Trục văn bản báo lỗi của chính trục",
        "The axis tells of a fault of its own",
        Party.MINISTRY,
        AGAIN_VI,
        AGAIN_EN,
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "axis-file-fault",
        "Trục văn bản chưa xử lý được tệp",
        "The axis could not work on the file",
        Party.MINISTRY,
        AGAIN_VI,
        AGAIN_EN,
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "axis-unreadable",
        "Trục văn bản trả lời không đúng dạng (trang HTML hoặc JSON đứt đoạn)",
        "What the axis answered is no answer: a page of some proxy, or half a JSON text",
        Party.MINISTRY,
        "Hệ thống tự thử lại; nếu kéo dài, liên hệ đơn vị vận hành trục.",
        "It is tried again by itself; if that goes on, ask those who run the axis.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
)

ITEMS = (
    Cause(
        "axis-item-unreadable",
        "Nhiều lần lấy văn bản này từ trục mà không được ({detail}); vẫn tiếp tục thử",
        "This item could not be fetched from the axis, many times over ({detail}); it is tried all the same",
        Party.MINISTRY,
        "Báo đơn vị vận hành trục mã `docId` này; đề nghị nơi gửi gửi lại nếu cần.",
        "Tell those who run the axis this `docId`; ask the sender to send it again if need be.",
        retry_helps=True,
    ),
    oddity(
        "receiver-not-named",
        "Trục giao văn bản cho đơn vị không có trong nơi nhận của gói tin",
        "The axis delivered it to somebody whom the packet does not name",
    ),
)
"""What is found in the axis' lists and in what it delivers."""
