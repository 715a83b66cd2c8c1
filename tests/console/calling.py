"""Calling the console without a browser: cookies are kept, forms carry their token, redirects are not followed."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from lgsp.console.guard import SESSION

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"|"X-CSRF-Token": "([0-9a-f]+)"')


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def to(self) -> str:
        """Where it leads."""
        return self.headers["location"] or ""


@dataclass(slots=True)
class Caller:
    """Somebody with a jar of cookies."""

    url: str
    session: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.session:
            self.cookies[SESSION] = self.session

    def get(self, path: str, **headers: str) -> Answer:
        """Read a page; `accept_language="en"` is a header."""
        return self._call("GET", path, "", headers)

    def post(self, path: str, fields: Mapping[str, str], csrf: str | None = None, **headers: str) -> Answer:
        """Send a form with the token of its page, or with another one."""
        token = self.token() if csrf is None else csrf
        sent = {"content_type": "application/x-www-form-urlencoded"} | headers
        return self._call("POST", path, urlencode(dict(fields) | {"csrf": token}), sent)

    def sign_in(self, name: str, password: str) -> Answer:
        """Fill in the form of the sign-in page."""
        return self.post("/console/sign-in", {"name": name, "password": password})

    def token(self) -> str:
        """Return the token that the forms of this visitor carry."""
        page = self.get("/console/account")
        found = _CSRF.search(self.get("/console/sign-in").text if page.status != 200 else page.text)
        assert found is not None
        return found[1] or found[2]

    def _call(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            line.request(method, path, body.encode() or None, sent)
            told = line.getresponse()
            self._keep(told.headers.get_all("set-cookie") or [])
            return Answer(told.status, told.headers, told.read().decode())
        finally:
            line.close()

    def _keep(self, given: list[str]) -> None:
        for one in given:
            name, _, value = one.partition(";")[0].partition("=")
            if "max-age=0" in one.lower() or value in ("", '""'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value.strip('"')
