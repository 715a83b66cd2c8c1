"""What alerts say, in both languages: what is so, and what to do. Codes, counts and causes, nobody's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from lgsp.domain.causes import explain
from lgsp.words import moment, number

_GIB = 1024**3


@dataclass(slots=True, frozen=True)
class Saying:
    """What is said of one rule, as templates over the facts.

    Attributes:
        vi, en: what is so.
        mend_vi, mend_en: what to do.
        over_vi, over_en: what has ended.
    """

    vi: str
    en: str
    mend_vi: str
    mend_en: str
    over_vi: str
    over_en: str


@dataclass(slots=True, frozen=True)
class Told:
    """An alert in one language."""

    text: str
    mend: str


_SAYINGS: Mapping[str, Saying] = MappingProxyType(
    {
        "suspended": Saying(
            "Hệ thống {system} tạm ngừng (tự động) từ {since}: {cause_vi}. {count} lượt đang chờ.",
            "System {system} is suspended since {since}: {cause_en}. {count} deliveries wait.",
            "Kiểm tra đường truyền và hỏi đơn vị vận hành hệ thống. Trục tự thử lại và tự chuyển tiếp.",
            "Check the line and ask those who run the system. It is tried, and goes on, by itself.",
            "Hệ thống {system} đã chạy lại.",
            "System {system} runs again.",
        ),
        "dead": Saying(
            "{count} lượt chuyển đến {system} không chuyển được trong {within_vi} qua: {cause_vi} [{cause}].",
            "{count} deliveries to {system} died within {within_en}: {cause_en} [{cause}].",
            "{mend_vi} Xem `lgsp dead --system {system}`.",
            "{mend_en} See `lgsp dead --system {system}`.",
            "Không có thêm lượt không chuyển được đến {system} vì [{cause}]; các lượt cũ vẫn cần xử lý.",
            "No more deliveries to {system} die of [{cause}]; the old ones still need somebody.",
        ),
        "waiting": Saying(
            "{count} lượt đang chờ chuyển đến {system}; lượt cũ nhất chờ từ {since}.",
            "{count} deliveries to {system} wait, the oldest since {since}.",
            "Xem `lgsp systems`; hệ thống tạm dừng thì chạy `lgsp resume {system}`.",
            "See `lgsp systems`; if the system is paused, run `lgsp resume {system}`.",
            "Không còn lượt nào chờ quá lâu đến {system}.",
            "Nothing waits too long for {system} any more.",
        ),
        "parked": Saying(
            "{count} lượt đến {system} chờ hồ sơ gốc, cũ nhất từ {since}; quá hạn thì hết hạn chuyển.",
            "{count} deliveries to {system} wait for their dossier since {since}; they expire in the end.",
            "Đề nghị nguồn gửi hồ sơ gốc, hoặc xem vì sao hồ sơ gốc không chuyển được.",
            "Ask the source for the dossiers, or see why those were not delivered.",
            "Không còn lượt nào đến {system} chờ hồ sơ gốc quá lâu.",
            "Nothing waits too long for its dossier at {system} any more.",
        ),
        "held": Saying(
            "{count} lượt đến {system} đang tạm giữ từ {since}, chờ người quyết định.",
            "{count} deliveries to {system} are held since {since} for a person to decide.",
            "Quyết định từng lượt: cho đi tiếp hoặc hủy.",
            "Decide on each: release it or cancel it.",
            "Không còn lượt nào đến {system} bị tạm giữ quá lâu.",
            "Nothing is held too long for {system} any more.",
        ),
        "uncollected": Saying(
            "{count} lượt chờ {system} đến nhận, cũ nhất từ {since}: hệ thống đó chưa lấy về.",
            "{count} deliveries wait for {system} to collect them, the oldest since {since}.",
            "Xem phần mềm phía {system} có chạy, có gọi đến cửa của mình và báo `done` không.",
            "See that the software at {system} runs, calls our door and says `done`.",
            "{system} đã đến nhận.",
            "{system} collects again.",
        ),
        "unrouted": Saying(
            "{count} thông điệp loại {type} từ {source} đã nhận nhưng chưa có tuyến chuyển.",
            "{count} messages of type {type} from {source} were taken on and no route wants them.",
            "Thêm tuyến vào routes.yaml; các thông điệp đã nhận sẽ được chuyển.",
            "Add a route to routes.yaml; what was taken on is sent then.",
            "Mọi thông điệp loại {type} từ {source} đã có tuyến chuyển.",
            "All messages of type {type} from {source} are routed.",
        ),
        "deadline": Saying(
            "{count} lượt chưa chuyển được đến {system} sắp đến hạn hoặc đã quá hạn; sớm nhất {first}.",
            "{count} deliveries to {system} are near their deadline or past it, the first at {first}.",
            "Xem `lgsp systems` và xử lý nguyên nhân trước hạn.",
            "See `lgsp systems` and mend the cause in time.",
            "Không còn lượt nào đến {system} sắp quá hạn.",
            "Nothing for {system} is near its deadline any more.",
        ),
        "quarantine": Saying(
            "{count} thông điệp từ {source} không được tiếp nhận trong {within_vi} qua: {codes_vi}.",
            "{count} messages from {source} were turned away within {within_en}: {codes_en}.",
            "Xem `lgsp quarantine` và báo cho nhà cung cấp phần mềm của {source}.",
            "See `lgsp quarantine` and tell the vendor of {source}.",
            "Thông điệp từ {source} không còn bị từ chối nhiều.",
            "No longer is much from {source} turned away.",
        ),
        "disk": Saying(
            "Ổ đĩa của {folder} trên máy {host} chỉ còn trống {free} GiB ({percent} %).",
            "The disk of {folder} on {host} has {free} GiB left ({percent} %).",
            "Giải phóng hoặc mở rộng ổ đĩa; đầy đĩa thì trục không nhận thêm được.",
            "Free or add space; with a full disk nothing more is taken on.",
            "Ổ đĩa của {folder} trên máy {host} đã đủ chỗ.",
            "The disk of {folder} on {host} has room again.",
        ),
        "poison": Saying(
            "{count} khung tin không đọc được nằm trong hàng đợi lỗi của RabbitMQ.",
            "{count} frames that nobody understands lie in the dead-letter queue of RabbitMQ.",
            "Xem rồi dọn hàng đợi đó; có thể phần mềm khác ghi vào đó. Không mất thông điệp nào.",
            "Look at them, then purge it; something else may write there. No message is lost by this.",
            "Hàng đợi lỗi của RabbitMQ đã trống.",
            "The dead-letter queue of RabbitMQ is empty.",
        ),
        "sweeper": Saying(
            "Không tiến trình nào làm phần việc {duty} từ {since}.",
            "No process does the duty {duty} since {since}.",
            "Kiểm tra các tiến trình của trục; khởi động lại tiến trình đã dừng.",
            "Look at the processes of the gateway; start what has stopped.",
            "Phần việc {duty} đã có tiến trình làm.",
            "The duty {duty} is done again.",
        ),
        "silence": Saying(
            "Nguồn {source} không gửi gì mới trong {lasted_vi} giờ hành chính; lần cuối {last}.",
            "Source {source} brought nothing new for {lasted_en} of office time; the last was {last}.",
            "Hỏi đơn vị vận hành của {source}: phần mềm có đang gửi không, mã truy cập và đường truyền.",
            "Ask those who run {source}: does it send, is its token right, does the line work.",
            "Nguồn {source} đã gửi lại.",
            "Source {source} brings again.",
        ),
        "journal": Saying(
            "Máy {host} không dùng được nhật ký (cơ sở dữ liệu): {told}. Trục không nhận, không chuyển được.",
            "{host} cannot use the journal (the database): {told}. Nothing is taken on or delivered.",
            "Quản trị máy chủ kiểm tra cơ sở dữ liệu; chạy `lgsp doctor`.",
            "The administrator of the server looks at the database; run `lgsp doctor`.",
            "Máy {host} dùng được nhật ký trở lại.",
            "{host} can use the journal again.",
        ),
        "broker": Saying(
            "Máy {host} không dùng được hàng đợi: {told_vi}. Trục vẫn nhận; việc chuyển phải chờ.",
            "{host} cannot use the broker: {told_en}. Messages are taken on; deliveries wait.",
            "Quản trị máy chủ kiểm tra RabbitMQ; chạy `lgsp doctor`.",
            "The administrator of the server looks at RabbitMQ; run `lgsp doctor`.",
            "Máy {host} dùng được hàng đợi trở lại.",
            "{host} can use the broker again.",
        ),
        "job": Saying(
            "Tác vụ đồng bộ {job} của {system}: thành công gần nhất {last}; {count} lỗi liên tiếp{why_vi}.",
            "Job {job} of {system}: last success {last}; {count} failures in a row{why_en}.",
            "Xem `lgsp jobs history {system} {job}`, xử lý nguyên nhân, rồi `lgsp jobs run {system} {job}`.",
            "See `lgsp jobs history {system} {job}`, mend the cause, then `lgsp jobs run {system} {job}`.",
            "Tác vụ đồng bộ {job} của {system} đã thành công trở lại.",
            "Job {job} of {system} succeeds again.",
        ),
        "list": Saying(
            "Danh mục {job} của {system} thiếu {count} trong {total} mã đã có; chưa đóng mã nào.",
            "The list {job} of {system} lacks {count} of the {total} codes it had; none was closed.",
            "Hỏi bên {system}; nếu đúng là vậy: `lgsp codes believe {system} {job} {run}`.",
            "Ask {system}; if that is right: `lgsp codes believe {system} {job} {run}`.",
            "Danh mục {job} của {system} đã đầy đủ.",
            "The list {job} of {system} is whole again.",
        ),
        "reconcile": Saying(
            "Đối soát hằng đêm {source} với {system} không thành công: {said}.",
            "The nightly reconciliation of {source} with {system} failed: {said}.",
            "Xem `lgsp reconcile show {run}`, xử lý nguyên nhân, rồi `lgsp reconcile resume {run}`.",
            "See `lgsp reconcile show {run}`, mend the cause, then `lgsp reconcile resume {run}`.",
            "Đối soát hằng đêm {source} với {system} đã chạy lại được.",
            "The nightly reconciliation of {source} with {system} succeeds again.",
        ),
        "unanswered": Saying(
            "{system} không trả lời câu hỏi nào từ {since}: {cause_vi} [{cause}]."
            " {count} câu hỏi không có trả lời.",
            "{system} answered no question since {since}: {cause_en} [{cause}]."
            " {count} questions had no answer.",
            "Sai cấu hình thì sửa; nếu không thì hỏi đơn vị vận hành {system}."
            " Câu hỏi không được gửi lại. Xem `lgsp asks`.",
            "Mend the settings if those are wrong, else ask who runs {system}."
            " No question is sent again. See `lgsp asks`.",
            "{system} trả lời trở lại, hoặc không còn ai hỏi.",
            "{system} answers again, or nobody asks any more.",
        ),
        "credential": Saying(
            "Thông tin xác thực “{name}” của {system} đang được dùng, còn {days} ngày là hết hạn ({last}).",
            "Credential “{name}” of {system} is in use and ends in {days} days ({last}).",
            "Cấp cái mới trước ngày đó và báo đơn vị dùng đổi: `lgsp credentials make {system}`.",
            "Make a new one in time and let its owner change over: `lgsp credentials make {system}`.",
            "Hết lượt nhắc này về thông tin xác thực “{name}” của {system}.",
            "This reminder of credential “{name}” of {system} is over.",
        ),
        "seal": Saying(
            "Sổ niêm phong chậm từ {since}: {told_vi}; {count} bút toán còn chờ. Trục vẫn nhận và chuyển.",
            "The tamper-evident log is behind since {since}: {told_en}; {count} entries wait.",
            "Kiểm tra khóa (LGSP_SEAL_KEY), tiến trình có vai trò jobs, nơi chép; chạy `lgsp audit verify`.",
            "Look at the key (LGSP_SEAL_KEY), the role jobs, the second place; run `lgsp audit verify`.",
            "Sổ niêm phong đã theo kịp.",
            "The tamper-evident log has caught up.",
        ),
        "reports": Saying(
            "Báo cáo {regime}, {period_vi}: {count} cơ quan chưa gửi, {overdue} đã quá hạn; hạn {due_on}: "
            "{agencies}.",
            "Report {regime}, {period_en}: {count} agencies have not sent it, {overdue} of them are overdue; "
            "it was or is due on {due_on}: {agencies}.",
            "Xem `lgsp report due --regime {regime}`, lập và ký; đã gửi cách khác thì ghi bằng "
            "`lgsp report elsewhere`.",
            "See `lgsp report due --regime {regime}`, draw up and sign; what went otherwise is noted with "
            "`lgsp report elsewhere`.",
            "Báo cáo {regime}, {period_vi}: không còn cơ quan nào quá hạn hoặc sắp quá hạn mà chưa gửi.",
            "Report {regime}, {period_en}: nobody is late or about to be any more.",
        ),
    }
)  # fmt: skip
_UNKNOWN = Saying("{rule}: {subject}", "{rule}: {subject}", "", "", "{rule}: {subject}", "{rule}: {subject}")


def say(rule: str, subject: str, facts: Mapping[str, Any], lang: str, *, over: bool = False) -> Told:
    """Return what an alert says in a language.

    Args:
        rule: the alert's rule.
        subject: what it is about.
        facts: what was so when it was last looked at.
        lang: `vi` or `en`.
        over: it has ended.
    """
    saying, words = _SAYINGS.get(rule, _UNKNOWN), {"rule": rule, "subject": subject, **_words(facts)}
    if over:
        return Told((saying.over_vi if lang == "vi" else saying.over_en).format_map(words), "")
    text, mend = (saying.vi, saying.mend_vi) if lang == "vi" else (saying.en, saying.mend_en)
    return Told(text.format_map(words), mend.format_map(words).strip())


_WHY = (("why_vi", "cause_vi"), ("why_en", "cause_en"))


def _words(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return facts as they are written for people; each form of a fact has a name of its own."""
    words = {name: str(value) for name, value in facts.items()}
    for name in ("since", "first", "last"):
        if name in facts:
            words[name] = moment(facts[name]) or "chưa có (never)"
    for name in ("within", "lasted"):
        if name in facts:
            words[f"{name}_vi"], words[f"{name}_en"] = lasting(facts[name]), lasting(facts[name], "en")
    words |= {"why_vi": "", "why_en": ""}
    if "cause" in facts:
        words |= _cause(facts["cause"]) | facts.get("named", {})
        words |= {name: f" ({words[cause]})" for name, cause in _WHY}
    if "codes" in facts:
        words |= _codes(facts["codes"])
    if "free" in facts:
        words |= {"free": number(facts["free"] / _GIB), "percent": number(facts["percent"])}
    if "count" in facts:
        words["count"] = number(facts["count"])
    if "agencies" in facts:
        words |= _owed(facts)
    return words


def _codes(codes: Sequence[str]) -> dict[str, str]:
    said = {
        f"codes_{lang}": "; ".join(f"{explain(one, lang).text} [{one}]" for one in codes)
        for lang in ("vi", "en")
    }
    return {"codes": ", ".join(codes), **said}


def _owed(facts: Mapping[str, Any]) -> dict[str, str]:
    more = ", …" if facts["count"] > len(facts["agencies"]) else ""
    day = date.fromisoformat(facts["due_on"])
    return {
        "agencies": ", ".join(facts["agencies"]) + more,
        "overdue": number(facts["overdue"]),
        "due_on": f"{day:%d/%m/%Y}",
    }


def _cause(code: str) -> dict[str, str]:
    vi, en = explain(code), explain(code, "en")
    return {"cause_vi": vi.text, "cause_en": en.text, "mend_vi": vi.mend, "mend_en": en.mend}


_LENGTHS = ((86400, "ngày", "d"), (3600, "giờ", "h"), (60, "phút", "min"), (1, "giây", "s"))


def lasting(seconds: float, lang: str = "vi") -> str:
    """Return a length of time in its two largest units: `2 giờ 5 phút`, `2 h 5 min`."""
    left = int(seconds)
    parts: list[str] = []
    for size, vi, en in _LENGTHS:
        if left >= size and len(parts) < 2:  # noqa: PLR2004 - as the docstring says
            parts.append(f"{left // size} {vi if lang == 'vi' else en}")
            left %= size
    return " ".join(parts) or ("0 giây" if lang == "vi" else "0 s")
