"""The causes for which the national population database answers nothing of a citizen."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity, oddity
from lgsp.errors import Scope

_SAY_VI = "Sửa thông tin công dân trong câu hỏi theo giấy tờ rồi hỏi lại."
_SAY_EN = "Correct what the question says of the citizen by their papers, and ask again."


def _wrong(code: str, vi: str, en: str) -> Cause:
    """Return a cause that whoever asks mends."""
    return Cause(code, vi, en, Party.AGENCY, _SAY_VI, _SAY_EN, severity=Severity.INFO)


ROWS = (
    _wrong(
        "population-number-missing",
        "Câu hỏi không có số định danh cá nhân, cũng không có số CMND",
        "The question has neither a personal number nor an old identity card's",
    ),
    _wrong(
        "population-name-unusable",
        "Họ tên có ký tự không chuyển được sang dạng chữ in hoa không dấu mà dịch vụ yêu cầu",
        "The name has letters that cannot be said in plain capitals, as the service wants it",
    ),
    _wrong(
        "population-birth-unusable",
        "Câu hỏi không có ngày sinh hoặc năm sinh có thật",
        "The question has no day or year of birth that exists",
    ),
    _wrong(
        "population-question-refused",
        "Cơ sở dữ liệu dân cư cho rằng câu hỏi thiếu hoặc sai thông tin",
        "The population database says that the question lacks something, or is wrong",
    ),
    Cause(
        "population-procedure-unlicensed",
        "Thủ tục (mã dịch vụ công) chưa được cấp phép khai thác dữ liệu dân cư",
        "The procedure has no licence for data of the population database",
        Party.PLATFORM,
        "Kiểm tra mã dịch vụ công; đề nghị cơ quan quản lý dữ liệu dân cư cấp phép cho thủ tục.",
        "Check the procedure's code; ask those who keep the population database to license it.",
    ),
    Cause(
        "population-officer-refused",
        "Cán bộ này chưa được phép khai thác dữ liệu dân cư",
        "This officer may not ask the population database",
        Party.AGENCY,
        "Cơ quan đề nghị cấp quyền cho cán bộ, hoặc để cán bộ đã được cấp quyền hỏi.",
        "The agency asks for the officer's right, or lets one ask who has it.",
    ),
    Cause(
        "population-officer-unlisted",
        "Cán bộ này không có trong danh sách được hỏi dữ liệu dân cư",
        "This officer is not among those who may ask of citizens here",
        Party.PLATFORM,
        "Quản trị viên thêm cán bộ cùng mã cán bộ vào `officers` trong cấu hình của hệ thống.",
        "An administrator adds the officer, with their code, to `officers` of the system's settings.",
    ),
    Cause(
        "population-several-citizens",
        "Có nhiều hơn một công dân ứng với câu hỏi; trục không chọn thay",
        "More than one citizen fits the question, and none is chosen for you",
        Party.AGENCY,
        "Hỏi lại bằng số định danh cá nhân và đủ ngày sinh.",
        "Ask again by the personal number and the whole day of birth.",
        severity=Severity.WARNING,
    ),
    Cause(
        "population-another-citizen",
        "Câu trả lời nói về công dân khác với người được hỏi; không được chuyển cho bên hỏi",
        "The answer is of another citizen than was asked for, and was not handed on",
        Party.MINISTRY,
        "Báo đơn vị vận hành dịch vụ; không dùng câu trả lời này.",
        "Tell those who run the service; do not use that answer.",
    ),
    Cause(
        "population-credentials",
        "Cơ sở dữ liệu dân cư không chấp nhận tài khoản hoặc token của trục",
        "The population database does not accept our account or token",
        Party.PLATFORM,
        "Kiểm tra tài khoản, khóa và địa chỉ cấp token trong cấu hình; hỏi đơn vị vận hành dịch vụ.",
        "Check account, keys and the token's address in the settings; ask those who run the service.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "population-away",
        "Cơ sở dữ liệu dân cư báo đang tạm ngừng phục vụ",
        "The population database says that it is out of service for the moment",
        Party.MINISTRY,
        "Hỏi lại sau; câu hỏi không được xếp hàng để hỏi sau.",
        "Ask again later; a question is not kept to be asked later.",
        retry_helps=True,
        severity=Severity.WARNING,
        concerns=Scope.SYSTEM,
    ),
    oddity(
        "population-birth-odd",
        "{place}: ngày sinh trong câu trả lời không đọc được, hoặc mâu thuẫn với năm sinh; giữ nguyên văn",
        "{place}: a birth date of the answer cannot be read, or contradicts the year; it is kept as written",
    ),
)
