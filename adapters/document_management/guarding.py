"""Letting no request go without an answer that its client reads as what happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import ceil

import structlog
from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from lgsp.errors import GatewayError, Rejected, Throttled

from .handing import JSON
from .refusing import Denied, denied

_AWAY, _BUG, _GONE, _OFTEN = 503, 500, 400, 429
_PATIENCE = "5"
_WORDS = "Trục tạm thời chưa phục vụ được, chưa có gì được ghi nhận; hãy gửi lại"
_BUSY = "Hệ thống gọi quá nhanh hoặc đã hết hạn mức, chưa có gì được ghi nhận; hãy chờ rồi gửi lại"

Act = Callable[[Request], Awaitable[Response]]


def guarded(
    act: Act,
    no: Callable[[Denied], Response],
    broken: Callable[[str], bytes],
    log: structlog.stdlib.BoundLogger,
) -> Act:
    """Return an endpoint that answers refusals and failures in the dialect of its client.

    A failure is told by the status of HTTP and by the words of the body, so that a client which looks at one
    of them only takes it neither for done nor for an empty list, and asks again.

    Args:
        act: what is done.
        no: answers a refusal.
        broken: the body that says that nothing was done, for a text.
        log: names the operation.
    """

    async def endpoint(request: Request) -> Response:
        try:
            return await act(request)
        except Denied as refusal:
            return no(refusal)
        except ClientDisconnect:
            log.info("the client went away")
            return Response(status_code=_GONE)  # nobody reads it
        except Throttled as fault:
            after = str(max(1, ceil(fault.after)))
            return Response(broken(_BUSY), _OFTEN, {"Retry-After": after}, JSON)
        except Rejected as reason:
            return no(denied(reason))
        except (GatewayError, OSError) as fault:
            log.warning("not answered now", fault=str(fault))
            status = _AWAY
        except Exception:
            log.exception("not answered")
            status = _BUG
        return Response(broken(_WORDS), status, {"Retry-After": _PATIENCE}, JSON)

    return endpoint


def said(body: bytes, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(body, status, media_type=JSON)
