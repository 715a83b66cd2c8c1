"""The causes that a reconciliation finds by itself: what the sides say differs, or cannot be compared."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity

_SEND_VI = "Cho phát lại từ kết quả đối soát; trục gửi theo đúng thứ tự, không gửi trùng."
_SEND_EN = "Repair it from the reconciliation: it is sent in its order, and never twice."


def _vendor(code: str, vi: str, en: str, mend_vi: str, mend_en: str) -> Cause:
    """Return a cause that the source's vendor mends."""
    return Cause(code, vi, en, Party.VENDOR, mend_vi, mend_en, severity=Severity.ERROR)


def _ours(code: str, vi: str, en: str, mend_vi: str, mend_en: str) -> Cause:
    """Return a cause that an operator of the platform sees to."""
    return Cause(code, vi, en, Party.PLATFORM, mend_vi, mend_en, severity=Severity.WARNING)


def _theirs(code: str, vi: str, en: str, mend_vi: str = _SEND_VI, mend_en: str = _SEND_EN) -> Cause:
    """Return a cause that lies with the far system; sending again helps."""
    return Cause(code, vi, en, Party.MINISTRY, mend_vi, mend_en, retry_helps=True, severity=Severity.WARNING)


ROWS = (
    _theirs(
        "taken-yet-absent",
        "Hệ thống nhận đã xác nhận nhận hồ sơ nhưng nay không có hồ sơ này",
        "The system took the dossier, and does not have it now",
    ),
    _theirs(
        "adopted-yet-absent",
        "Hồ sơ được ghi nhận là đã có ở hệ thống nhận nhưng thực tế không có",
        "The dossier was adopted as being there, and is not there",
    ),
    _theirs(
        "state-there-differs",
        "Trạng thái ở hệ thống nhận khác trạng thái trục đã chuyển",
        "The system shows another state than the one it took from us",
    ),
    _theirs(
        "there-twice",
        "Hệ thống nhận trả về nhiều bản ghi cho một mã hồ sơ",
        "The system answers with several entries for one code",
        "Đề nghị đơn vị vận hành hệ thống nhận kiểm tra và xóa bản thừa; không gửi thêm.",
        "Ask those who run the system to look into it; nothing more is sent.",
    ),
    Cause(
        "version-not-shown",
        "Hồ sơ có ở hệ thống nhận, nhưng hệ thống nhận không cho biết đó là bản nào",
        "The dossier is there, and the system does not show which version",
        Party.MINISTRY,
        "Không tự gửi lại (có thể trùng); bản cập nhật tiếp theo sẽ làm rõ, hoặc kiểm tra ở nơi nhận.",
        "Nothing is sent, it might be a duplicate; the next change of the dossier settles it, or look there.",
        severity=Severity.INFO,
    ),
    Cause(
        "no-answer",
        "Hệ thống nhận không trả lời khi được hỏi về hồ sơ",
        "The system did not answer when it was asked for the dossier",
        Party.NETWORK,
        "Chạy lại đối soát; nếu kéo dài, kiểm tra đường truyền và hệ thống nhận.",
        "Reconcile again; if that goes on, look at the network and at the system.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    _vendor(
        "never-told",
        "Hệ thống một cửa có hồ sơ nhưng chưa gửi lên trục",
        "The one-stop system has the dossier, and never told us",
        "Nhà cung cấp kiểm tra hàng đợi đồng bộ và gửi hồ sơ lên trục.",
        "The vendor looks at the queue of the one-stop system, and sends the dossier.",
    ),
    _vendor(
        "went-around",
        "Hồ sơ có ở một cửa và ở hệ thống nhận nhưng không đi qua trục",
        "The dossier is at the source and at the system, and did not come through us",
        "Nhà cung cấp chuyển kết nối qua trục; hồ sơ gửi thẳng không được theo dõi và đối soát.",
        "The vendor turns the old connection to the platform: what goes around it is not watched.",
    ),
    _vendor(
        "not-at-source",
        "Trục có hồ sơ nhưng danh sách của hệ thống một cửa không có",
        "We have the dossier, and the list of the one-stop system lacks it",
        "Nhà cung cấp kiểm tra hồ sơ đã bị xóa hay đổi mã, và báo lại trạng thái đúng.",
        "The vendor finds out whether it was deleted or renamed, and tells its true state.",
    ),
    _vendor(
        "change-not-told",
        "Trạng thái ở hệ thống một cửa đã đổi nhưng chưa báo lên trục",
        "The state at the one-stop system changed, and we were not told",
        "Nhà cung cấp gửi lại bản mới nhất của hồ sơ.",
        "The vendor sends the newest version of the dossier.",
    ),
    _vendor(
        "list-not-readable",
        "Danh sách hồ sơ của hệ thống một cửa không đúng định dạng đã thống nhất",
        "The list of the one-stop system is not as agreed",
        "Nhà cung cấp sửa dịch vụ danh sách theo tài liệu (docs/one-stop.md).",
        "The vendor mends the service that lists, as documented in docs/one-stop.md.",
    ),
    _vendor(
        "list-endless",
        "Danh sách hồ sơ của hệ thống một cửa không có trang cuối",
        "The list of the one-stop system does not end",
        "Nhà cung cấp sửa phân trang của dịch vụ danh sách.",
        "The vendor mends the paging of the service that lists.",
    ),
    _vendor(
        "source-lists-twice",
        "Danh sách của hệ thống một cửa có nhiều bản ghi cho một mã hồ sơ",
        "The list of the one-stop system names the dossier more than once",
        "Nhà cung cấp kiểm tra và gộp bản ghi trùng.",
        "The vendor looks into it and joins what is double.",
    ),
    Cause(
        "several-sources",
        "Nhiều hệ thống cùng báo về một hồ sơ",
        "Several systems tell of one dossier",
        Party.AGENCY,
        "Cơ quan xác định hệ thống chịu trách nhiệm về hồ sơ; hệ thống kia ngừng gửi.",
        "The agency says which system answers for the dossier; the other one stops telling.",
        severity=Severity.WARNING,
    ),
    Cause(
        "not-sent",
        "Bản mới nhất chưa đến được hệ thống nhận",
        "The newest version did not get there",
        Party.PLATFORM,
        _SEND_VI,
        _SEND_EN,
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    _ours(
        "not-routed-there",
        "Không có tuyến nào chuyển hồ sơ này đến hệ thống nhận",
        "No route takes the dossier to the system",
        "Kiểm tra tuyến trong routes.yaml, xuất bản lại; hồ sơ sẽ được chuyển theo thứ tự.",
        "Look at the routes and publish them anew: the dossier then goes in its order.",
    ),
    _ours(
        "called-off",
        "Người vận hành đã hủy lượt chuyển bản mới nhất",
        "An operator called off the delivery of the newest version",
        "Xem lý do hủy; nếu vẫn cần chuyển, nguồn gửi lại hoặc người vận hành sửa và gửi lại.",
        "See why; if it should go all the same, the source tells it again, or an operator corrects it.",
    ),
    _ours(
        "waits-for-a-person",
        "Lượt chuyển đang tạm giữ, chờ người xử lý",
        "The delivery is held for a person to decide",
        "Xem lý do tạm giữ rồi cho chuyển tiếp hoặc hủy.",
        "See why it is held, then release it or call it off.",
    ),
    _ours(
        "outlived",
        "Bản mới nhất đã hết hạn trước khi chuyển được",
        "The newest version ran out of time before it went",
        "Nguồn gửi lại hồ sơ với thời hạn mới.",
        "The source tells the dossier again, with a new term.",
    ),
    _ours(
        "left-to-old-connection",
        "Hồ sơ thuộc giai đoạn chạy song song: kết nối cũ chịu trách nhiệm chuyển",
        "The dossier is of the time in shadow: the old connection was to tell it",
        "Hoàn tất việc chuyển kết nối để trục bù phần còn thiếu; đã chuyển rồi thì trục gửi lại được.",
        "Finish the cut-over: it closes what is missing. After it, what is missing is sent by a repair.",
    ),
    Cause(
        "late",
        "Lượt chuyển kéo dài quá thời gian cho phép",
        "The delivery is on its way for longer than is allowed",
        Party.PLATFORM,
        "Hệ thống vẫn tự chuyển; nếu kéo dài, xem tình trạng hệ thống nhận và hàng đợi.",
        "It goes on by itself; if that lasts, look at the system's standing and at its queue.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
)
"""Found by comparing; no far system says any of them."""
