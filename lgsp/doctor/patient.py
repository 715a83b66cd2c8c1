"""Who is examined: an installation, as one process sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from lgsp.adapter import Adapter
from lgsp.broker.standing import BrokerFault
from lgsp.journal.contract import Transaction
from lgsp.routes import Routes
from lgsp.settings import Settings

T = TypeVar("T")


class Reader(Protocol):
    """Reads the journal."""

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Return the answer of a query.

        Raises:
            GatewayError: the journal cannot be read.
        """


@dataclass(slots=True)
class Patient:
    """What an examination may look at.

    Attributes:
        home: the folder of the home.
        settings: what the environment says.
        routes: the home's, or those in force; None when they cannot be read.
        adapters: the systems that could be made.
        journal: None when there is none yet.
        broker_faults: what a running process knows of its broker; None outside of one.
        serving: the examination is made by a running gateway itself.
    """

    home: Path
    settings: Settings
    routes: Routes | None = None
    adapters: Mapping[str, Adapter] = field(default_factory=dict)
    journal: Reader | None = None
    broker_faults: Callable[[], tuple[BrokerFault, ...]] | None = None
    serving: bool = False

    @property
    def folders(self) -> list[Path]:
        """The folders whose disks must not fill up."""
        blobs = self.settings.blobs_url
        kept = [Path(blobs.removeprefix("file://"))] if blobs.startswith("file://") else []
        return [self.settings.state, *kept]

    def urls(self) -> dict[str, list[str]]:
        """Return the addresses that stand in the settings of each system."""
        return {name: _texts(adapter, _is_url) for name, adapter in self.adapters.items()}

    def authorities(self) -> dict[str, Path]:
        """Return the file of authorities of each system that has one (`deliver: {ca: …}`)."""
        systems = self.routes.systems if self.routes else {}
        return {name: Path(said) for name, one in systems.items() if (said := one.deliver.ca)}

    def certificates(self) -> list[tuple[str, Path]]:
        """Return the files of certificates that stand in the settings of systems, with the systems."""
        return [
            *self.authorities().items(),
            *(
                (name, Path(text))
                for name, adapter in self.adapters.items()
                for text in _texts(adapter, _is_certificate)
            ),
        ]


def _texts(adapter: Adapter, wanted: Callable[[str], bool]) -> list[str]:
    config = adapter.config.model_dump(mode="json") if adapter.config is not None else {}
    return sorted({text for text in _leaves(config) if wanted(text)})


def _leaves(config: Any) -> list[str]:
    if isinstance(config, Mapping):
        return [text for value in config.values() for text in _leaves(value)]
    if isinstance(config, list):
        return [text for value in config for text in _leaves(value)]
    return [config] if isinstance(config, str) else []


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _is_certificate(text: str) -> bool:
    return text.endswith((".pem", ".crt", ".cer"))
