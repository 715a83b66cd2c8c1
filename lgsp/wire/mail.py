"""Electronic mail, by SMTP: transport faults become the gateway's errors here, once."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formatdate, make_msgid
from typing import Literal

from lgsp.errors import Scope, Unavailable

_TIMEOUT = 20.0


@dataclass(slots=True, frozen=True)
class PostOffice:
    """A server that takes mail from us.

    Attributes:
        tls: `starttls`, `tls`, or `none` inside one's own network.
        sender: the address that the mail comes from.
        trusted: whom to trust; None is whom this machine trusts.
    """

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    sender: str
    user: str = ""
    password: str = ""
    trusted: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        """Return it without its password."""
        return f"PostOffice({self.host}:{self.port})"

    async def send(self, to: Sequence[str], subject: str, text: str) -> None:
        """Send plain text to addresses; returns when the server has taken it for all of them.

        Raises:
            Unavailable: it was not taken, or not for all.
        """
        letter = self._letter(to, subject, text)
        try:
            await asyncio.to_thread(self._hand_over, letter, to)
        except smtplib.SMTPException as fault:
            raise Unavailable("mail-not-taken", type(fault).__name__, scope=Scope.SYSTEM) from fault
        except OSError as fault:
            raise Unavailable("unreachable", type(fault).__name__, scope=Scope.SYSTEM) from fault

    def _letter(self, to: Sequence[str], subject: str, text: str) -> MIMEText:
        # the newer EmailMessage loses blanks where it folds a long header of letters with marks
        letter = MIMEText(text, "plain", "utf-8")
        letter["From"], letter["To"] = _line(self.sender), _line(", ".join(to))
        letter["Subject"] = str(Header(_line(subject), "utf-8", header_name="Subject").encode())
        letter["Date"] = formatdate(localtime=True)
        letter["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2].rstrip(">") or None)
        letter["Auto-Submitted"] = "auto-generated"
        return letter

    def _hand_over(self, letter: MIMEText, to: Sequence[str]) -> None:
        with self._open() as server:
            if self.tls == "starttls":
                server.starttls(context=self._context())
            if self.user:
                server.login(self.user, self.password)
            turned_away = server.send_message(letter, self.sender, list(to))
            if turned_away:
                raise smtplib.SMTPRecipientsRefused(turned_away)

    def _open(self) -> smtplib.SMTP:
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT, context=self._context())
        return smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT)

    def _context(self) -> ssl.SSLContext:
        return self.trusted or ssl.create_default_context()


def _line(text: str) -> str:
    """Return a text as one line: nothing in it can begin a header of its own."""
    return " ".join(text.split())
