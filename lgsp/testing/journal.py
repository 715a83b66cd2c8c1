"""What every journal must hold: inherit `JournalContract` and say how the journal is opened."""

from __future__ import annotations

from lgsp.testing.rules.accounts import AccountRules, OutsideRules
from lgsp.testing.rules.agency_lists import AgencyListRules
from lgsp.testing.rules.anchors import AnchorRules
from lgsp.testing.rules.asks import AskRules
from lgsp.testing.rules.asks_seeking import AskSeekingRules
from lgsp.testing.rules.backlogs import BacklogRules
from lgsp.testing.rules.catalogues import CatalogueRules
from lgsp.testing.rules.checks import CheckRules
from lgsp.testing.rules.checks_held import HeldRules
from lgsp.testing.rules.clock import ClockRules
from lgsp.testing.rules.corrections import CorrectionRules
from lgsp.testing.rules.credentials import CredentialRules
from lgsp.testing.rules.death import DeathRules
from lgsp.testing.rules.disclosing import DisclosureRules
from lgsp.testing.rules.documents import DocumentRules
from lgsp.testing.rules.dossiers import DossierRules
from lgsp.testing.rules.doubt import DoubtRules
from lgsp.testing.rules.durability import DurabilityRules
from lgsp.testing.rules.erasing import ErasingRules
from lgsp.testing.rules.fetches import FetchRules
from lgsp.testing.rules.figures import FigureRules
from lgsp.testing.rules.giving_back import GivingBackRules
from lgsp.testing.rules.handed import HandedRules
from lgsp.testing.rules.identity import IdentityRules
from lgsp.testing.rules.keys import KeyRules
from lgsp.testing.rules.keys_reencrypting import ReencryptionRules
from lgsp.testing.rules.landing import LandingRules
from lgsp.testing.rules.mailboxes import MailboxRules
from lgsp.testing.rules.mending import MendingRules
from lgsp.testing.rules.mending_progress import MendingProgressRules
from lgsp.testing.rules.order import OrderRules
from lgsp.testing.rules.people import PeopleRules
from lgsp.testing.rules.quotas import QuotaRules
from lgsp.testing.rules.receivers import ReceiverRules
from lgsp.testing.rules.reconciling import ReconciliationRules
from lgsp.testing.rules.relayed import RelayedRules
from lgsp.testing.rules.replays import ReplayRules
from lgsp.testing.rules.reports import ReportRules
from lgsp.testing.rules.routing import RoutingRules
from lgsp.testing.rules.runs import RunRules
from lgsp.testing.rules.scoring import ScoringRules
from lgsp.testing.rules.sealing import SealingRules
from lgsp.testing.rules.searching import SearchRules
from lgsp.testing.rules.shadow import ShadowRules
from lgsp.testing.rules.shadow_pages import ShadowPageRules
from lgsp.testing.rules.statistics import StatisticsRules
from lgsp.testing.rules.sweeps import SweepRules
from lgsp.testing.rules.switching import SwitchingRules
from lgsp.testing.rules.threads import ThreadRules
from lgsp.testing.rules.troubles import TroubleRules
from lgsp.testing.rules.versions import VersionRules


class JournalContract(
    AskRules,
    AskSeekingRules,
    IdentityRules,
    OrderRules,
    AnchorRules,
    DoubtRules,
    DisclosureRules,
    ErasingRules,
    KeyRules,
    ReencryptionRules,
    LandingRules,
    DeathRules,
    PeopleRules,
    CorrectionRules,
    CredentialRules,
    ReplayRules,
    RoutingRules,
    SweepRules,
    ClockRules,
    RunRules,
    FetchRules,
    FigureRules,
    DossierRules,
    ScoringRules,
    MailboxRules,
    SwitchingRules,
    SealingRules,
    SearchRules,
    ShadowRules,
    ShadowPageRules,
    StatisticsRules,
    ReportRules,
    GivingBackRules,
    ThreadRules,
    TroubleRules,
    QuotaRules,
    ReceiverRules,
    RelayedRules,
    DocumentRules,
    AgencyListRules,
    CatalogueRules,
    CheckRules,
    HeldRules,
    HandedRules,
    AccountRules,
    OutsideRules,
    VersionRules,
    DurabilityRules,
    BacklogRules,
    ReconciliationRules,
    MendingRules,
    MendingProgressRules,
):
    """The rules of every journal.

    A subclass overrides the fixture `opener`: it returns an async function that takes a clock
    (microseconds) and opens one and the same journal each time it is called, as successive processes do.
    """
