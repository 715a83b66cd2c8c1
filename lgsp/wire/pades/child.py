"""The process that looks at PDF files: a request on standard input, a line of JSON for each file."""

from __future__ import annotations

import logging
import resource
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

_FORBIDDEN = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.fork",
        "os.posix_spawn",
    }
)
"""What nobody needs in order to read a file: the network, and other programs."""


def fence() -> None:
    """Forbid this process the network and other programs, for as long as it lives."""

    def refuse(event: str, _: Any) -> None:
        if event in _FORBIDDEN:
            raise PermissionError(f"{event}: not allowed here")

    sys.addaudithook(refuse)


def main() -> None:
    """Answer one request: first what the trust folder holds, then each file in its turn."""
    asked = orjson.loads(sys.stdin.buffer.read())
    logging.disable(logging.CRITICAL)  # the library tells of every oddity, in a text that we do not keep
    fence()
    import lgsp.wire.pades.reading  # noqa: F401 - while there is memory

    _go_first()
    _bound(asked["memory"])
    for told in answers(asked, _allow):
        _say(told)


def answers(asked: dict[str, Any], allow: Callable[[int], None]) -> Iterator[Any]:
    """Yield what there is to say to a request.

    Args:
        asked: the request, see `lgsp.wire.pades.examining`.
        allow: lets the trust folder and each file have so many further seconds of work.
    """
    from lgsp.store.sealed import Lent
    from lgsp.wire.pades.reading import look
    from lgsp.wire.pades.trusting import Trust

    allow(asked["cpu"])
    trust = Trust.of(Path(asked["trust"]) if asked["trust"] else None)
    yield trust.summary()
    at = datetime.fromisoformat(asked["at"]) if asked["at"] else datetime.now(UTC)
    for path, secret, content in asked["files"]:
        allow(asked["cpu"])
        lent = Lent(Path(path) if path else None, b64decode(secret), b64decode(content))
        yield look(lent, trust, at, asked["signatures"])


def _go_first() -> None:
    """Where memory runs out for all, let the kernel end this process before any other."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _bound(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow(seconds: int) -> None:
    """Allow so many further seconds of work, after which the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _say(told: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
