"""The screen of catalogues and codes: agencies, the lists that jobs bring, facts, any code, procedures."""

from __future__ import annotations

from fastapi import APIRouter

from lgsp.console.catalogues_agencies import add_agencies
from lgsp.console.catalogues_codes import add_codes
from lgsp.console.catalogues_facts import add_facts
from lgsp.console.catalogues_lists import add_lists
from lgsp.console.catalogues_procedures import add_procedures
from lgsp.console.catalogues_words import HERE
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.screens import Screen


def catalogues_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=HERE)
    for add in (add_agencies, add_procedures, add_codes, add_lists, add_facts):
        add(router, room)
    return router


SCREEN = Screen(path="catalogues", title=told("Danh mục và mã"), icon="books", router=catalogues_router)
