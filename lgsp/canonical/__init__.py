"""The canonical types that are built in: pydantic models, from which `schemas/*.json` is generated.

Nothing is null: what is not known is absent. A native field that no canonical field can say stands as it was
written in `extra`. `x-personal` names a field's class of personal data:

    name      of a citizen          contact   phone, mail, fax            identity  national numbers
    account   portal account        content   free text about somebody    document  leads to a paper
    official  an official at work   unknown   may hold any of these
"""

from lgsp.canonical.agency import Agency, Field
from lgsp.canonical.business import Business, BusinessQuery
from lgsp.canonical.catalogue_query import Catalogue, CatalogueQuery
from lgsp.canonical.citizen import Citizen, CitizenQuery, CitizenVerification, CitizenVerified
from lgsp.canonical.civil_status import CivilStatus, CivilStatusQuery
from lgsp.canonical.document import Document
from lgsp.canonical.document_status import DocumentStatus
from lgsp.canonical.dossier import Dossier
from lgsp.canonical.insurance import Insurance, InsuranceQuery
from lgsp.canonical.procedure import Procedure, ProcedureService
from lgsp.canonical.progress import DossierProgress
from lgsp.canonical.question import Answer, Question, Satisfaction
from lgsp.canonical.report import Report
from lgsp.canonical.report_status import ReportStatus

TYPES = (
    Dossier,
    DossierProgress,
    Document,
    DocumentStatus,
    Procedure,
    ProcedureService,
    Agency,
    Field,
    Question,
    Answer,
    Satisfaction,
    Report,
    ReportStatus,
)
"""The built-in types of messages; a home may add others as schema files of its own."""

ASKED = (
    CitizenQuery,
    Citizen,
    CitizenVerification,
    CitizenVerified,
    BusinessQuery,
    Business,
    InsuranceQuery,
    Insurance,
    CivilStatusQuery,
    CivilStatus,
    CatalogueQuery,
    Catalogue,
)
"""The built-in types of questions and answers."""

__all__ = [
    "ASKED",
    "TYPES",
    "Agency",
    "Answer",
    "Business",
    "BusinessQuery",
    "Catalogue",
    "CatalogueQuery",
    "Citizen",
    "CitizenQuery",
    "CitizenVerification",
    "CitizenVerified",
    "CivilStatus",
    "CivilStatusQuery",
    "Document",
    "DocumentStatus",
    "Dossier",
    "DossierProgress",
    "Field",
    "Insurance",
    "InsuranceQuery",
    "Procedure",
    "ProcedureService",
    "Question",
    "Report",
    "ReportStatus",
    "Satisfaction",
]
