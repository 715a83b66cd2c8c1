"""edXML, the packets of the national document axis: read tolerantly, written as the axis vendor writes them.

Second generation of the format (QCVN 102:2016/BTTTT, amended in 2022), whose tables were not available: what
is known comes from packets, from the vendor's kit, and from decrees. No conformity with the standard's text
is claimed.
"""

from lgsp.folder import Folder
from lgsp.formats.edxml.keeping import Sink, Source
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.names import DOCUMENT, STATUS
from lgsp.formats.edxml.reading import Packet, read
from lgsp.formats.edxml.receiving import received
from lgsp.formats.edxml.writing import packet_of, write
from lgsp.store.passing import Passing

__all__ = [
    "DOCUMENT",
    "STATUS",
    "Folder",
    "Limits",
    "Packet",
    "Passing",
    "Sink",
    "Source",
    "packet_of",
    "read",
    "received",
    "write",
]
