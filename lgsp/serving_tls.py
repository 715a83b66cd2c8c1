"""TLS of our own door: certificates out of files, which may change while we serve."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2, with forward secrecy alone; those of TLS 1.3 all are good."""


@dataclass(slots=True)
class Certificates:
    """The files of our certificate, and how clients' are judged.

    Attributes:
        certificate: PEM, ours first, then those between it and the root.
        key: PEM, its private key.
        clients: PEM, the authorities whose certificates clients may show; None asks for none.
    """

    certificate: Path
    key: Path
    clients: Path | None = None
    _seen: tuple[int, ...] = field(default=(), init=False)
    _context: ssl.SSLContext | None = field(default=None, init=False)

    def context(self) -> ssl.SSLContext:
        """Return the context that serves; the same each time, with what the files held last.

        Raises:
            ValueError: a file cannot be read, or certificate and key do not belong together.
        """
        if self._context is None:
            self._seen = self._times()
            self._context = self._made()
        return self._context

    def refresh(self) -> None:
        """Take over what the files hold now; what cannot be used is told, and the old stays.

        An authority that was taken out of the file of clients' stays until the next start.
        """
        import structlog  # settings are read by every command, and few of them write a log

        log = structlog.get_logger(__name__)
        try:
            times = self._times()
            if times == self._seen:
                return
            self._seen = times
            self._made()  # where nobody uses it: a half-written pair must not reach the one that serves
            self._load(self.context())
            log.info("certificate renewed", file=str(self.certificate))
        except (OSError, ValueError) as fault:
            log.warning("certificate", file=str(self.certificate), fault=str(fault))

    def _made(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(_CIPHERS)
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
        context.set_alpn_protocols(["http/1.1"])
        if self.clients is not None:
            context.verify_mode = ssl.CERT_OPTIONAL
        self._load(context)
        return context

    def _load(self, context: ssl.SSLContext) -> None:
        try:
            context.load_cert_chain(self.certificate, self.key)
            if self.clients is not None:
                context.load_verify_locations(self.clients)
        except (OSError, ssl.SSLError) as fault:
            raise ValueError(f"loading {self.certificate} and {self.key}: {_why(fault)}") from fault

    def _times(self) -> tuple[int, ...]:
        files = (self.certificate, self.key, self.clients)
        try:
            return tuple(path.stat().st_mtime_ns for path in files if path is not None)
        except OSError as fault:
            raise ValueError(f"reading {fault.filename}: {fault.strerror}") from fault


def _why(fault: OSError) -> str:
    return (fault.reason if isinstance(fault, ssl.SSLError) else fault.strerror) or type(fault).__name__
