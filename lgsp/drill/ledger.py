"""What those who told were answered: one receipt for each item that the gateway said it had taken on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from lgsp.sandbox.compare import digest
from lgsp.wire.http import Answer, Http

_DONE = ("0", "00")


@dataclass(slots=True, frozen=True)
class Receipt:
    """One item that was taken on, by the gateway's own word.

    Attributes:
        uid: the message's outer id.
        kind: `dossier` or `progress`.
        digest: of the native item, as the far side's are.
    """

    uid: str
    code: str
    kind: str
    digest: str


@dataclass(slots=True)
class Ledger:
    """Every receipt, in the order in which they came."""

    receipts: list[Receipt] = field(default_factory=list)

    def note(self, body: bytes, answer: Answer) -> None:
        """Enter the receipts that an answer to a post holds; any other exchange holds none."""
        said = _object(answer.text)
        results, items = said.get("result"), _items(orjson.loads(body))
        if not isinstance(results, list) or len(results) != len(items):
            return
        for item, result in zip(items, results, strict=True):
            if "id" in result and str(result.get("error_code")) in _DONE:
                self.receipts.append(_receipt(item, result["id"]))


class ListeningHttp(Http):
    """Enters into a ledger what is answered; each call has a connection of its own, to whoever is up.

    Args:
        ledger: where.
        limit: connections at once.
        timeout: seconds for a whole call; whoever waits longer asks again.
    """

    def __init__(self, ledger: Ledger, *, limit: int = 32, timeout: float = 8.0) -> None:
        super().__init__(limit=limit, timeout=timeout)
        self._ledger = ledger

    async def post(  # noqa: PLR0913 - see `Http.post`
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        read: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 - see `Http.post`
        heard: Collection[int] = (),
    ) -> Answer:
        """See `Http.post`."""
        alone = {**(headers or {}), "Connection": "close"}
        answer = await super().post(
            url, body, headers=alone, secrets=secrets, read=read, timeout=timeout, heard=heard
        )
        self._ledger.note(body, answer)
        return answer


def _receipt(item: Mapping[str, Any], uid: str) -> Receipt:
    kind = "dossier" if "MaTTHC" in item else "progress"  # the service may stand in the path alone
    return Receipt(uid, str(item["MaHoSo"]), kind, digest(item))


def _items(body: Any) -> list[Any]:
    found = body.get("data") if isinstance(body, dict) else body
    return found if isinstance(found, list) else []


def _object(text: str) -> Mapping[str, Any]:
    try:
        said = orjson.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
