"""What is written outside encrypted bodies holds no personal number and no known value."""

from __future__ import annotations

import io
import logging
import sys

import orjson
import pytest
import structlog

from lgsp.errors import GatewayError
from lgsp.logs import set_up
from lgsp.redacting import about, plainly, redacted, told, without_numbers

NAME, NUMBER = "Nguyễn Văn An", "079201001234"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"CCCD {NUMBER} sai", "CCCD ••• sai"),
        ("số 079 201 001 234.", "số •••."),
        ("4f385985-5ea0-5cbc-9b13-123456789012", "4f385985-5ea0-5cbc-9b13-123456789012"),
        ("H44.11-260131-0001", "H44.11-260131-0001"),
        ("a079201001234b, 0792010012345", "a079201001234b, 0792010012345"),
        ("10.1.192.168:8080", "10.1.192.168:8080"),
    ],
)
def test_twelve_digits_that_stand_alone_are_taken_out(text: str, left: str) -> None:
    """Ids, codes, addresses and longer numbers stay."""
    assert without_numbers(text) == left


def test_known_values_are_taken_out_however_they_are_written() -> None:
    """In capitals, with other spaces between the words; short ones stand in innocent words and stay."""
    said = f"Ông NGUYỄN  VĂN AN ({NAME}) số điện thoại 0912345678, tên An"
    assert redacted(said, [NAME, "0912345678", "An"]) == "Ông ••• (•••) số điện thoại •••, tên An"


def test_a_fault_is_told_without_what_it_failed_on() -> None:
    """Type and lines of code stay; words only where no payload can be in them."""
    try:
        try:
            raise ValueError(f"mapping {NAME}")  # noqa: TRY301 - its traceback is the test
        except ValueError as fault:
            raise RuntimeError(NUMBER) from fault
    except RuntimeError as fault:
        text = told(fault)
    assert NAME not in text
    assert NUMBER not in text
    assert "ValueError" in text
    assert "RuntimeError" in text
    assert "test_redacting.py" in text


def test_words_of_our_own_faults_and_names_of_fields_are_kept() -> None:
    """`KeyError: 'MaHoSo'` helps; `KeyError: '079…'` does not."""
    assert told(KeyError("MaHoSo")).endswith("KeyError: 'MaHoSo'")
    assert NUMBER not in told(KeyError(NUMBER))
    assert told(GatewayError("reading: broken"), (GatewayError,)).endswith(": reading: broken")
    assert "has no attribute" in told(AttributeError("'dict' object has no attribute 'x'"))


def test_a_librarys_fault_is_quoted_without_values() -> None:
    """Names of columns stay; values, and what stands behind the first line, do not."""
    fault = ValueError(f"invalid input for \"body\": '{NAME}'\nDETAIL: Key ({NUMBER})")
    assert plainly(fault) == 'ValueError: invalid input for "body": •••'


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Lend what our logs and those of libraries write."""
    out, factory = io.StringIO(), logging.getLogRecordFactory()
    monkeypatch.setattr(sys, "stderr", out)
    set_up("DEBUG", json=True)
    yield out  # type: ignore[misc]
    structlog.reset_defaults()
    logging.setLogRecordFactory(factory)


def test_a_line_of_the_log_holds_none_of_the_message_at_hand(logged: io.StringIO) -> None:
    """In values, in lists, in the event itself and in what an exception says."""
    log = structlog.get_logger()
    with about(lambda: [NAME]):
        log.info(f"took {NAME}", value=NAME, several=[NAME], number=NUMBER, token="Bearer abc")  # noqa: G004
        try:
            raise ValueError(NAME)  # noqa: TRY301 - its traceback is the test
        except ValueError:
            log.exception("adapter bug")
    lines = [orjson.loads(line) for line in logged.getvalue().splitlines()]
    assert NAME not in logged.getvalue()
    assert (lines[0]["number"], lines[0]["token"]) == ("•••", "Bearer •••")
    assert "ValueError" in lines[1]["exception"]


def test_what_a_library_logs_by_itself_is_as_discreet(logged: io.StringIO) -> None:
    """The loop tells of tasks that failed, with what they raised; the server of requests."""
    handler = logging.StreamHandler(logged)
    logger = logging.getLogger("asyncio")
    logger.addHandler(handler)
    try:
        logger.error("Task failed\nfuture: <Task exception=ValueError('%s')>", NAME)
        logger.error("number %s", NUMBER, exc_info=ValueError(NAME))
    finally:
        logger.removeHandler(handler)
    assert (NAME in logged.getvalue(), NUMBER in logged.getvalue()) == (False, False)
    assert "ValueError" in logged.getvalue()
