"""What the pictures of the screen of people show."""

from __future__ import annotations

VIEWS = {
    "people-one": "/console/people/hoa.le",
    "people-add": "/console/people/add",
    "people-disable": "/console/people/lan.nguyen/disable",
}
