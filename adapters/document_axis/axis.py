"""Calling the axis: signed headers around each call, and where the calls go."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field, SecretStr

from lgsp.adapter import Config, Tools
from lgsp.formats.axis.listing import Listing, Received, read_entries
from lgsp.formats.axis.protocol import FILE_TYPE, JSON_TYPE, SERVICE, MessageType, TransportStatus
from lgsp.formats.axis.replies import Answer, Unreadable
from lgsp.formats.axis.signing import sign
from lgsp.wire.http import Answer as Reply
from lgsp.wire.streamed import Upload

from .answers import granted, judged, no_answer

_MIB = 1024 * 1024


class AxisConfig(Config):
    """How to reach the axis, as whom, and how much of everything is taken."""

    url: str = Field(pattern=r"^https?://", description="root of the axis' API: operations stand behind it")
    system_id: str = Field(
        pattern=r"^[!-~]+$", description="id under which the axis registered the province's system"
    )
    secret: SecretStr = Field(description="secret that the axis shares with that system")
    agency: str = Field(description="code of the agency that is registered: ours are it and those under it")
    arrivals: bool = Field(
        default=True, description="tell senders by status 01 that their document arrived, as soon as it did"
    )
    outcomes: bool = Field(
        default=True,
        description="ask the sent list, for a document of several receivers, which of them it did not reach",
    )
    timeout: float = Field(30.0, gt=0, description="seconds for a call that carries no packet")
    transfer_timeout: float = Field(300.0, gt=0, description="seconds for a call that carries one")
    largest: int = Field(512, gt=0, description="MiB of a packet, or of a list of agencies, that are taken")
    page: int = Field(
        1000, ge=1, le=10_000, description="entries of the sent list that are asked for at once"
    )
    pages: int = Field(50, ge=1, description="pages of the sent list that are read before it is too long")
    days: int = Field(7, ge=1, le=31, description="days of the sent list in which a packet is looked for")
    tries: int = Field(
        5, ge=1, description="runs in which an item could not be fetched, before it is shown in quarantine"
    )

    @property
    def largest_bytes(self) -> int:
        """Bytes of a packet that are taken."""
        return self.largest * _MIB


class Axis:
    """The operations of the axis. Each call is signed by itself: nothing of an earlier one goes along."""

    def __init__(self, config: AxisConfig, tools: Tools) -> None:
        self._config = config
        self._http = tools.http
        self._clock = tools.clock

    async def ask(self, operation: str, body: bytes = b"", **parameters: str) -> Answer:
        """Ask for something that changes nothing, or that changes nothing more when it is asked again.

        Raises:
            Unavailable: the axis is away, does not know us, says no, or answers what is no answer.
        """
        reply = await self._http.post(
            self._url(operation),
            body,
            headers=self._headers(parameters),
            secrets=self._secrets,
            read=True,
            timeout=self._config.timeout,
        )
        return granted(reply)

    async def look(self, operation: str, **parameters: str) -> Answer:
        """Ask for a list of which nothing is kept beside the delivery. Raises what `ask` raises."""
        body = bytearray()
        await self.stream(operation, body.extend, b"", **parameters)
        return granted(Reply(200, body.decode("utf-8", "replace")))

    async def received(self, kind: MessageType) -> Listing[Received]:
        """Return what waits for our agencies. Raises what `ask` raises."""
        answer = await self.ask("getReceivedEdocList", servicetype=SERVICE, messagetype=kind)
        try:
            return read_entries(Received, answer.items())
        except Unreadable as fault:
            raise no_answer(fault) from None

    async def update(self, docid: str, status: TransportStatus) -> None:
        """Say how far the pick-up of an item is. Raises what `ask` raises."""
        await self.ask("updateStatus", b"{}", docid=docid, status=status)

    async def send(self, parcel: Upload, kind: MessageType, sender: str, hash_file: str) -> Reply:
        """Send a packet and return what came back.

        Raises:
            Unavailable: nothing was taken.
            Uncertain: the request was written and no answer came.
        """
        parameters = {"servicetype": SERVICE, "messagetype": kind, "from": sender, "hash-file": hash_file}
        return await self._http.upload(
            self._url("sendEdoc"),
            parcel,
            headers=self._headers(parameters, FILE_TYPE),
            secrets=self._secrets,
            timeout=self._config.transfer_timeout,
        )

    async def stream(
        self, operation: str, take: Callable[[bytes], object], body: bytes = b"", **parameters: str
    ) -> None:
        """Ask for something large and hand the answer's text on as it comes; whoever takes it judges it.

        Raises:
            Unavailable: it did not come whole, or is none.
            Unreadable: `take` says so.
        """
        reply = await self._http.receive(
            self._url(operation),
            take,
            body=body,
            headers=self._headers(parameters),
            secrets=self._secrets,
            largest=self._config.largest_bytes * 4 // 3 + _MIB,  # base64, and what stands around it
            timeout=self._config.transfer_timeout,
        )
        judged(reply)

    def _url(self, operation: str) -> str:
        return f"{self._config.url.rstrip('/')}/{operation}"

    @property
    def _secrets(self) -> tuple[str, ...]:
        return (self._config.secret.get_secret_value(),)

    def _headers(self, parameters: dict[str, str], content_type: str = JSON_TYPE) -> dict[str, str]:
        (secret,) = self._secrets
        return sign(secret, self._config.system_id, parameters, self._clock(), content_type=content_type)
