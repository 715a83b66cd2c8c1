"""The adapters that come with the platform hold the rules of every adapter."""

from __future__ import annotations

from typing import Any, ClassVar

from lgsp.adapters.national_portal import mapping
from lgsp.adapters.national_reporting import mapping as reporting
from lgsp.adapters.national_reporting.wording import Wording

from lgsp.testing.adapter import AdapterContract


class TestOneStop(AdapterContract):
    """One-stop systems."""

    name = "one_stop"


class TestNationalPortal(AdapterContract):
    """The National Public Service Portal."""

    name = "national_portal"
    settings: ClassVar[dict[str, Any]] = {"url": "http://127.0.0.1:9", "username": "lgsp", "agency": "H44"}

    def native(self, type_: str, data: dict[str, Any]) -> Any:
        """Write a body as the portal wants it."""
        if type_ in mapping.SERVICES:
            return mapping.other(type_, data)
        return mapping.progress(data) if type_ == "dossier.progress.v1" else mapping.dossier(data)


class TestDocumentManagement(AdapterContract):
    """Document-management systems."""

    name = "document_management"
    settings: ClassVar[dict[str, Any]] = {"system_id": "dms"}


class TestNgsp(AdapterContract):
    """The integration platform."""

    name = "ngsp"
    settings: ClassVar[dict[str, Any]] = {"url": "http://127.0.0.1:9", "client_id": "lgsp"}


class TestNationalReporting(AdapterContract):
    """The national reporting system."""

    name = "national_reporting"
    settings: ClassVar[dict[str, Any]] = {"url": "http://127.0.0.1:9", "username": "lgsp"}

    def native(self, type_: str, data: dict[str, Any]) -> Any:
        """Write a body as the reporting system wants it."""
        assert type_ == reporting.REPORT
        return reporting.report(data, Wording.of())


class TestPopulationDb(AdapterContract):
    """The national population database."""

    name = "population_db"
    settings: ClassVar[dict[str, Any]] = {"url": "http://127.0.0.1:9"}
