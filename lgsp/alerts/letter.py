"""Letters: what is told at one time, as plain text and as JSON, Vietnamese first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

import orjson

from lgsp.alerts.wording import say
from lgsp.journal.alerting import Alert, shown
from lgsp.journal.reading import at
from lgsp.words import in_vietnamese, moment, number

_HEADS = {
    "new": ("MỚI", "NEW"),
    "again": ("VẪN CÒN", "STILL SO"),
    "ended": ("ĐÃ HẾT", "ENDED"),
}
_LINE = "-" * 72
_SUBJECT = 100


@dataclass(slots=True, frozen=True)
class Letter:
    """What is told to everybody at one time.

    Attributes:
        id: the same however often it is sent: a receiver knows it again by it.
        document: for programs.
    """

    id: str
    subject: str
    text: str
    document: Mapping[str, Any] = field(repr=False)

    def body(self) -> bytes:
        """Return the document as JSON."""
        return orjson.dumps(self.document)


def of_alerts(name: str, now: int, told: Sequence[tuple[str, Alert]]) -> Letter:
    """Return the letter of alerts, each with what happened to it: `new`, `again` or `ended`."""
    shown_ = [_alert(what, alert) for what, alert in told]
    first = shorten(shown_[0]["vi"]["text"], _SUBJECT, placeholder=" …")
    more = f" (+{len(shown_) - 1})" if len(shown_) > 1 else ""
    return Letter(
        f"alerts-{now}",
        f"[{name}] {_HEADS[shown_[0]['what']][0]}: {first}{more}",
        "\n".join([*_pages(shown_, "vi"), "", _LINE, "", *_pages(shown_, "en"), ""]),
        {"type": "lgsp.alerts.v1", "installation": name, "at": at(now), "alerts": shown_},
    )


def of_digest(name: str, now: int, day: Mapping[str, Any], open_: Sequence[Alert]) -> Letter:
    """Return the summary of a day."""
    shown_ = [_alert("again", alert) for alert in open_]
    date = moment(at(now))[:10]
    return Letter(
        f"digest-{now}",
        f"[{name}] Tổng hợp ngày {date}: {number(sum(day['accepted'].values()))} thông điệp,"
        f" {number(len(shown_))} cảnh báo",
        "\n".join([*_summary(day, shown_, "vi"), "", _LINE, "", *_summary(day, shown_, "en"), ""]),
        {"type": "lgsp.digest.v1", "installation": name, "at": at(now), "day": day, "alerts": shown_},
    )


def of_trial(name: str, now: int) -> Letter:
    """Return a letter that says only that letters arrive."""
    vi, en = "Thư thử: cảnh báo của trục đến được nơi này.", "A test: alerts of the gateway arrive here."
    return Letter(
        f"test-{now}",
        f"[{name}] Thử cảnh báo (test)",
        f"{vi}\n\n{en}\n",
        {"type": "lgsp.test.v1", "installation": name, "at": at(now), "vi": vi, "en": en},
    )


def explained(alert: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shown alert with what it says, in both languages."""
    over = alert["ended_at"] is not None
    rule, subject, facts = alert["rule"], alert["subject"], alert["facts"]
    told = {lang: say(rule, subject, facts, lang, over=over) for lang in ("vi", "en")}
    return {**alert, **{lang: {"text": one.text, "mend": one.mend} for lang, one in told.items()}}


def _alert(what: str, alert: Alert) -> dict[str, Any]:
    return {"what": what, **explained(shown(alert))}


def _pages(alerts: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    for n, alert in enumerate(alerts):
        if n:
            yield ""
        yield f"{_HEADS[alert['what']][lang != 'vi']}: {alert[lang]['text']}"
        if alert[lang]["mend"]:
            yield f"{'Cách xử lý' if lang == 'vi' else 'What to do'}: {alert[lang]['mend']}"
        yield f"{'Bắt đầu' if lang == 'vi' else 'Since'}: {moment(alert['since'])} [{alert['rule']}]"


def _summary(day: Mapping[str, Any], alerts: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    vi = lang == "vi"
    yield "24 giờ qua" if vi else "The last 24 hours"
    yield from _counts("đã nhận từ" if vi else "accepted from", day["accepted"], lang)
    for system, states in sorted(day["final"].items()):
        yield from _counts(f"đến {system}:" if vi else f"to {system}:", states, lang)
    yield from _counts("không được tiếp nhận từ" if vi else "turned away from", day["turned_away"], lang)
    yield ""
    yield "Hiện nay" if vi else "Now"
    for system, states in sorted(day["now"].items()):
        yield from _counts(f"{system}:", states, lang)
    yield ""
    head = "Cảnh báo đang mở" if vi else "Open alerts"
    yield f"{head}: {number(len(alerts))}"
    yield from (f"  - {alert[lang]['text']}" for alert in alerts)


def _counts(head: str, counts: Mapping[str, int], lang: str) -> Iterator[str]:
    for name, count in sorted(counts.items()):
        yield f"  {head} {in_vietnamese(name) if lang == 'vi' else name}: {number(count)}"
