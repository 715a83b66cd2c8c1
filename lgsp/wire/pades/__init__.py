"""Signatures inside PDF files: looked at offline by a process of its own, and told as evidence."""

from lgsp.wire.pades.attesting import FINDINGS, Witness, evidence
from lgsp.wire.pades.examining import Bounds, Examined, examine

__all__ = ["FINDINGS", "Bounds", "Examined", "Witness", "evidence", "examine"]
