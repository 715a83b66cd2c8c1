"""What looks odd when the dates and the status that were said of a dossier are edited later.

One-stop systems are known to offer functions that set an overdue dossier anew, and that set the finish date
to the due date. Nothing of that is blocked or repaired: what was first seen is kept for ever, later changes
are an edit trail (`lgsp.domain.retold`), and the odd ones are findings, which are told here.

Codes of findings, explained in `lgsp.domain.causes_lifecycle`:

* `status-jump`, `reset`: by the table of moves; `reset` at `/due_at` is a new due date that makes an overdue
  dossier be in time again.
* `due-date-extended`: changed, and a supplement, an extension or a pause explains it.
* `due-date-edited`: changed before it had passed, with nothing that explains it.
* `due-date-edited-late`: changed, or first set, after it had passed or after the work had ended.
* `finish-set-to-due`: the finish date became the due date, although the work was still open after it.
* `finish-date-edited`: a finish date that had been told was changed or taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from lgsp.domain.dossier import BY_WORD
from lgsp.domain.lifecycle.moves import Move, move
from lgsp.message import VIETNAM

DUE, FINISH, STATUS = "/due_at", "/finished_at", "/status"
"""The places that edits and findings name, as `dossier.v1` has them."""

_MIDNIGHT = time()
_DAY = timedelta(days=1)


@dataclass(slots=True, frozen=True)
class Known:
    """What a snapshot says of the fields that are watched. All moments have an offset.

    Attributes:
        status: the canonical word.
        due: the promised moment; midnight stands for the whole day.
        finish: when the handling ended.
        at: when it was told: the moment that was given to `findings` with it.
        since: since when, as far as was told, the dossier has had this status.
        extended: the due dates that its supplements and extensions declare as new ones.
    """

    status: str
    due: datetime | None = None
    finish: datetime | None = None
    at: datetime | None = None
    since: datetime | None = None
    extended: tuple[datetime, ...] = ()


class Odd(NamedTuple):
    """A finding: its code in the catalogue, the field, and old and new value in words."""

    code: str
    place: str
    detail: str


def findings(first_due: datetime | None, known: Known, new: Known, at: datetime) -> list[Odd]:
    """Return what is odd in the step from one snapshot to the next.

    Args:
        first_due: the due date that was first said, before this snapshot.
        known: the snapshot before it.
        new: this snapshot.
        at: when it was told. Take the moment at which it reached the platform: one that the source writes
            into the snapshot can be set as easily as the due date. What came late from a source that was cut
            off may then look late too; it is a finding, not a verdict.
    """
    odd: list[Odd] = []
    if known.status != new.status:
        odd += _odd_move(known, new)
    if known.due != new.due:
        odd += _odd_due(first_due, known, new, at)
    if known.finish != new.finish:
        odd += _odd_finish(known, new, at)
    return odd


def passed(due: datetime, at: datetime) -> bool:
    """Tell whether a due moment has passed; midnight in Viet Nam means until the end of that day."""
    local = due.astimezone(VIETNAM)
    return at >= local + _DAY if local.time() == _MIDNIGHT else at > due


def _odd_move(known: Known, new: Known) -> list[Odd]:
    step = move(known.status, new.status)
    if step is Move.ORDINARY:
        return []
    code = "reset" if step is Move.RESET else "status-jump"
    return [Odd(code, STATUS, _step(BY_WORD[known.status].vi, BY_WORD[new.status].vi))]


def _odd_due(first_due: datetime | None, known: Known, new: Known, at: datetime) -> list[Odd]:
    if known.due is None and _is_open(known):
        return []
    code = _due_code(first_due, known, new, at)
    odd = [Odd(code, DUE, _step(_said(known.due), _said(new.due)))]
    if code == "due-date-edited-late" and _starts_anew(known, new, at):
        odd.append(Odd("reset", DUE, odd[0].detail))
    return odd


def _due_code(first_due: datetime | None, known: Known, new: Known, at: datetime) -> str:
    """Return the finding of a due date that was changed."""
    if _is_open(known) and _was_paused_in_time(known):
        return "due-date-extended"
    if new.due is not None and new.due == first_due:
        return "due-date-edited"
    if not _is_open(known) or (known.due is not None and passed(known.due, at)):
        return "due-date-edited-late"
    return "due-date-extended" if new.due in new.extended else "due-date-edited"


def _is_open(known: Known) -> bool:
    return BY_WORD[known.status].open and known.finish is None


def _was_paused_in_time(known: Known) -> bool:
    """Tell whether the clock stood still from before the due date had passed."""
    if not BY_WORD[known.status].pauses:
        return False
    return known.due is None or known.since is None or not passed(known.due, known.since)


def _starts_anew(known: Known, new: Known, at: datetime) -> bool:
    """Tell whether a dossier that was open and overdue is in time again."""
    return _is_open(known) and new.due is not None and not passed(new.due, at)


def _odd_finish(known: Known, new: Known, at: datetime) -> list[Odd]:
    if known.finish is None:
        code = "finish-set-to-due" if _told_as_due(known, new, at) else ""
    elif new.finish is not None and new.finish == new.due:
        code = "finish-set-to-due"
    else:
        code = "" if move(known.status, new.status) is Move.RESET else "finish-date-edited"
    return [Odd(code, FINISH, _step(_said(known.finish), _said(new.finish)))] if code else []


def _told_as_due(known: Known, new: Known, at: datetime) -> bool:
    """Tell whether a first finish date equals the due date, and the work is known to have ended later.

    Where the due date is a whole day, finishing on that day reads the same: then only a snapshot that was
    told after it, and still had the work open, tells of more.
    """
    due = new.due
    if due is None or new.finish != due:
        return False
    if known.at is not None and BY_WORD[known.status].open and passed(due, known.at):
        return True
    return due.astimezone(VIETNAM).time() != _MIDNIGHT and passed(due, at)


def _step(old: str, new: str) -> str:
    return f"{old} → {new}"


def _said(moment: datetime | None) -> str:
    return "–" if moment is None else f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
