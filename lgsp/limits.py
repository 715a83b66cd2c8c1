"""What a home says of alerts: whom to tell, by which way, and from which point on."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from lgsp.measures import STRICT, Hour, Seconds, hour

Rule = Literal[
    "suspended", "dead", "waiting", "parked", "held", "uncollected", "unrouted", "deadline", "quarantine",
    "disk", "poison", "sweeper", "silence", "journal", "broker", "job", "list", "reconcile", "reports",
    "seal", "credential", "unanswered",
]  # fmt: skip
RULES: tuple[Rule, ...] = get_args(Rule)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as a home names them, in the order of `date.weekday`."""
_RANGE = 2


def _days(value: Any) -> Any:
    """Return days, written as a list (`[mon, tue]`), one name, or a range (`mon-fri`), as their numbers."""
    names = value if isinstance(value, list) else str(value).split("-")
    if any(name not in DAYS for name in names):
        raise ValueError("are not days; write mon-fri, or a list of mon, tue, wed, thu, fri, sat, sun")
    numbers = [DAYS.index(name) for name in names]
    if not isinstance(value, list) and len(numbers) == _RANGE:
        first, last = numbers
        return frozenset(n % 7 for n in range(first, last + 1 if last >= first else last + 8))
    return frozenset(numbers)


def _hours(value: Any) -> Any:
    """Return hours, written as `07:30-17:00` or as a list of such, as pairs of times."""
    spans = value if isinstance(value, list) else [value]
    found = []
    for span in spans:
        first, _, last = str(span).partition("-")
        found.append((hour(first), hour(last)))
    if any(first >= last for first, last in found):
        raise ValueError('end before they begin; write them as "07:30-17:00"')
    return found


class _Part(BaseModel):
    model_config = STRICT


class Target(_Part):
    """Somebody who is told: an address for e-mail, or the URL of a webhook.

    Attributes:
        secret: what a webhook's letters are signed with (`${env:…}` or `${file:…}`).
    """

    mail: str = ""
    webhook: str = ""
    secret: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.mail) == bool(self.webhook):
            raise ValueError("names nobody; give it `mail` or `webhook`, one of them")
        if self.mail and "@" not in self.mail:
            raise ValueError("is no address for e-mail; mend it")
        if self.webhook and not self.secret:
            raise ValueError("is a webhook without `secret`; give it one, so that its letters can be trusted")
        return self


class Smtp(_Part):
    """The server that takes e-mail from us.

    Attributes:
        tls: `starttls` (usually port 587), `tls` (usually 465), or `none` inside one's own network.
        sender: written `from` in the home.
    """

    host: str
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    sender: str = Field(alias="from")


class After(_Part):
    """Told when it has lasted so long."""

    after: Seconds


class Many(_Part):
    """Told when there are so many."""

    count: int = Field(1, ge=1)


class Count(_Part):
    """Told when there were so many within a time."""

    count: int = Field(1, ge=1)
    within: Seconds = 3600.0


class Before(_Part):
    """Told so long before it is too late."""

    before: Seconds = 4 * 3600.0


class Free(_Part):
    """Told when less than this is free: per cent, or gigabytes, whichever comes first."""

    percent: float = Field(10.0, ge=0, le=100)
    gigabytes: float = Field(1.0, ge=0)


class Failing(_Part):
    """Told when a job failed so often in a row, or when so many of its turns went by without a success.

    Attributes:
        after: seconds without a success that are nothing yet, however often its turn comes.
    """

    failures: int = Field(3, ge=1)
    turns: int = Field(3, ge=1)
    after: Seconds = 600.0


class Unsealed(_Part):
    """Told when entries stay unsealed for so long, or when a checkpoint stays uncopied for so long."""

    after: Seconds = 300.0
    copied: Seconds = 3600.0


class Days(_Part):
    """Told on the days on which so many are left.

    Attributes:
        days: whole days; 0 is the last one.
    """

    days: Annotated[list[Annotated[int, Field(ge=0, le=366)]], Field(max_length=10)] = [30, 7, 1, 0]


class Unanswered(_Part):
    """Told when so many questions to one system got no answer, since so long, and none did between."""

    after: Seconds
    count: int = Field(ge=1)


class Rules(_Part):
    """From which point on each thing is told."""

    suspended: After = After.model_construct(after=300.0)
    dead: Count = Count.model_construct(count=1, within=3600.0)
    waiting: After = After.model_construct(after=3600.0)
    parked: After = After.model_construct(after=86400.0)
    held: After = After.model_construct(after=3600.0)
    uncollected: After = After.model_construct(after=3600.0)
    unrouted: Many = Many.model_construct(count=1)
    deadline: Before = Before.model_construct(before=4 * 3600.0)
    quarantine: Count = Count.model_construct(count=20, within=3600.0)
    disk: Free = Free.model_construct(percent=10.0, gigabytes=1.0)
    poison: Many = Many.model_construct(count=1)
    sweeper: After = After.model_construct(after=60.0)
    journal: After = After.model_construct(after=60.0)
    broker: After = After.model_construct(after=60.0)
    job: Failing = Failing.model_construct(failures=3, turns=3, after=600.0)
    reports: Before = Before.model_construct(before=86400.0)
    seal: Unsealed = Unsealed.model_construct(after=300.0, copied=3600.0)
    credential: Days = Days.model_construct(days=[30, 7, 1, 0])
    unanswered: Unanswered = Unanswered.model_construct(after=300.0, count=3)


_OFFICE = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))


class Silence(_Part):
    """Told when a source brought nothing new for so long, counted in its office hours only.

    Attributes:
        source: the system; written `from` in the home.
    """

    source: str = Field(alias="from")
    days: Annotated[frozenset[int], BeforeValidator(_days)] = frozenset(range(5))
    hours: Annotated[tuple[tuple[time, time], ...], BeforeValidator(_hours)] = _OFFICE
    after: Seconds = 4 * 3600.0


class Alerts(_Part):
    """The `alerts:` of a home.

    Attributes:
        name: what this installation is called in its letters.
        every: how often everything is looked at.
        repeat: what is still so is told again after this.
        calm: what is not so any more has ended when it stayed away for this long.
        digest: the hour of the daily summary; null for none.
        off: rules that are not wanted.
        silence: one for each source; without it, the sources of the routes with the defaults.
        holidays: days without office hours.
    """

    name: str = "LGSP"
    to: list[Target] = []
    smtp: Smtp | None = None
    every: Seconds = 30.0
    repeat: Seconds = 4 * 3600.0
    calm: Seconds = 300.0
    digest: Hour | None = time(7, 30)
    off: list[Rule] = []
    rules: Rules = Rules.model_construct()
    silence: list[Silence] | None = None
    holidays: list[date] = []

    @model_validator(mode="after")
    def _mail_has_a_way(self) -> Self:
        if self.smtp is None and any(target.mail for target in self.to):
            raise ValueError("names addresses for e-mail and no server; add `smtp`")
        return self
