"""What a home says of questions: how a system may be asked, and for which purposes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from lgsp.measures import STRICT, PerSecond, Seconds

Keep = Literal["nothing", "digest", "answer"]
"""What is kept of an answer: that there was one, its salted hash, or its body (encrypted like any other)."""

Shared = Literal["person", "system", "everybody"]
"""With whom an answer may be shared: who asks for the same person, for the same system, or anybody."""


class Ask(BaseModel):
    """How a system is asked.

    Attributes:
        timeout: the longest that anybody waits for it, whatever deadline the caller names.
        concurrency: how many questions at once, of all processes together.
        queue: how many wait for their turn in one process; who comes after is turned away.
        rate: how many a second at most, of all processes together.
        per_day: how many a day at most (Viet Nam time), of all processes together.
        suspend_after: failures with no success between, after which nobody is asked for a while.
        probe: intervals at which one question then tries whether it answers again.
        cache: for how long an answer to the very same question may be given again, by the question's type.
        keep: what is kept of an answer, by the question's type, where that is not what its schema says.
        shared: with whom an answer may be shared that is remembered, or just being asked for, likewise.
    """

    model_config = STRICT

    timeout: Seconds = 10.0
    concurrency: int = Field(16, ge=1, le=1000)
    queue: int = Field(64, ge=0, le=10_000)
    rate: PerSecond | None = None
    per_day: int | None = Field(None, ge=1)
    suspend_after: int = Field(5, ge=2, le=1000)
    probe: list[Seconds] = Field(default=[1.0, 2.0, 5.0, 10.0, 30.0], min_length=1)
    cache: dict[str, Seconds] = {}
    keep: dict[str, Keep] = {}
    shared: dict[str, Shared] = {}

    @property
    def free(self) -> bool:
        """Tell whether neither a rate nor a quota limits it."""
        return self.rate is None and self.per_day is None


class Purpose(BaseModel):
    """What something may be asked for. No question without one of these gets through.

    Attributes:
        code: by which callers name it.
        title: as people read it.
        basis: the legal basis, as the province's own lawyers word it.
        types: of questions that it allows; empty: all.
        dossier: whether the code of the dossier must be named for which it is asked.
    """

    model_config = STRICT

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    title: str = Field(min_length=1, max_length=300)
    basis: str = Field(min_length=1, max_length=1000)
    types: list[str] = []
    dossier: Literal["required", "optional"] = "optional"

    def allows(self, type_: str) -> bool:
        """Tell whether a type of question may be asked for this."""
        return not self.types or type_ in self.types
