"""Tables that people open in a spreadsheet: writing them, and reading the figures that offices fill in."""

from lgsp.formats.sheets.faults import Fault, address, parsed_address, told
from lgsp.formats.sheets.reading import Asked, Sheet, read
from lgsp.formats.sheets.tables import BOM, CSV_TYPE, XLSX_TYPE, Sheets, csv_lines, defused, download
from lgsp.formats.sheets.templates import template
from lgsp.formats.sheets.uploads import uploaded

__all__ = [
    "BOM",
    "CSV_TYPE",
    "XLSX_TYPE",
    "Asked",
    "Fault",
    "Sheet",
    "Sheets",
    "address",
    "csv_lines",
    "defused",
    "download",
    "parsed_address",
    "read",
    "template",
    "told",
    "uploaded",
]
