"""The settings of a document-management system in `routes.yaml`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from lgsp import adapter
from lgsp.formats.edxml import Limits

_MIB = 1024 * 1024


class Login(adapter.Config):
    """Somebody who may log in to the REST form."""

    username: str = Field(min_length=1, description="name that the client logs in with")
    password: SecretStr = Field(description="its password")
    application: str = Field(default="", description="application code it has to name; empty takes any")


class Settings(adapter.Config):
    """How a document-management system shows who it is, and how much it may send."""

    system_id: str = Field(min_length=1, description="system id that we gave its client")
    secret: SecretStr = Field(description="secret shared with its client; without one nothing is believed")
    max_clock_skew: float = Field(
        default=0.0,
        ge=0,
        description="seconds by which the stamp of a request may be off; 0 checks none, for recorded traffic",
    )
    logins: list[Login] = Field(
        default=[],
        description="who may log in to the REST form; nobody named, it is the system id with the secret",
    )
    packet_limit: int = Field(
        default=512 * _MIB, ge=1024, le=512 * _MIB, description="bytes of the largest packet it may send"
    )
    list_limit: int = Field(
        default=500, ge=1, le=10_000, description="entries of a list of what waits; the rest is listed later"
    )

    @property
    def limits(self) -> Limits:
        """How much of everything a packet may have."""
        return Limits(packet=self.packet_limit)

    @property
    def known(self) -> list[Login]:
        """Who may log in to the REST form."""
        return self.logins or [Login(username=self.system_id, password=self.secret)]
