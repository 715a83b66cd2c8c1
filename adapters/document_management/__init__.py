"""Document-management systems that speak the document axis' protocol with us, as if we were the axis."""

from __future__ import annotations

from fastapi import APIRouter

from lgsp import adapter
from lgsp.adapter import Inbox
from lgsp.errors import Rejected
from lgsp.formats.edxml import DOCUMENT, STATUS, received
from lgsp.message import Message, Raw
from lgsp.wire.xmldsig import seal_holds

from .axis import AxisFacade
from .post import Post
from .province import ProvinceFacade
from .roll import Roll
from .settings import Settings

_MIB = 1024 * 1024


class DocumentManagement(adapter.Adapter):
    """A local document-management system. It sends to us and collects from us; we never call it."""

    Config = Settings
    config: Settings
    brings = frozenset({DOCUMENT, STATUS})
    takes = frozenset({DOCUMENT, STATUS})
    collects = True
    by_token = False
    largest = 513 * _MIB

    async def read(self, raw: Raw) -> list[Message | Rejected]:
        """Read a packet file.

        Raises:
            Invalid: it cannot be read without losing something.
        """
        packet = await received(raw, self.tools.files, self.config.limits, seal_holds)
        return [packet.message()]

    def router(self, inbox: Inbox) -> APIRouter:
        """Return both façades: the axis' own protocol, and the REST form of a province."""
        post = Post(inbox, self.config, self.tools)
        roll = Roll(inbox.directory, self.tools.clock, self.config.system_id)
        router = APIRouter()
        AxisFacade(post, roll, self.config, self.tools, inbox.admits).add_to(router)
        ProvinceFacade(post, roll, self.config, inbox).add_to(router, self.tools)
        return router
