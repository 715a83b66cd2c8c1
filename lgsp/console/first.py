"""The first administrator: with the password of the environment, or one that is made and shown once."""

from __future__ import annotations

from lgsp import passwords
from lgsp.console.language import told
from lgsp.journal import people
from lgsp.journal.contract import Journal
from lgsp.journal.people import Person, Role
from lgsp.passwords import Passwords

NAME = "admin"
_SHOWN = told("Quản trị viên đầu tiên")


async def first_administrator(journal: Journal, given: str) -> str:
    """Add the first administrator where there is nobody; return a password that was made, else an empty text.

    Args:
        journal: whose people they are.
        given: the password, or an empty text to have one made. Where there are people already it is not used.
    """
    if await journal.read(people.count):
        return ""
    password = given or passwords.made()
    hashed = await Passwords().hash(password)
    one = Person(NAME, _SHOWN, hashed, Role.ADMINISTRATOR, False, False, 0, 0)
    added = await journal.write(lambda tx: people.add(tx, one, "gateway"))
    return password if added and not given else ""
