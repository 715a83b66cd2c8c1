"""Speaking the wire protocol of the national document axis (Trục liên thông văn bản quốc gia), purely.

    protocol.py   names: operations, their parameters, the states of a delivery
    stamps.py     the timestamp in the headers, and the window in which it counts
    signing.py    `sign`: the headers of a request
    verifying.py  `verify`: what a request's signature says of it
    hashing.py    the hash of a sent file, in both renderings
    replies.py    the envelope of every answer, made and read
    listing.py    the items of the lists: received, sent, agencies, units
    streaming.py  a list of a hundred thousand entries, read as it comes
    codes.py      error codes, as far as anybody knows them
    recipients.py the `to` parameter
    days.py       the days of the sent list
    province.py   the REST form of a province's façade in front of the axis
    parts.py      a multipart body, read as it comes

Nothing here does I/O or looks at a clock. Sources: requests captured from the axis vendor's Java client 2.0.1
(high confidence), shapes of answers from implementations of provinces (medium), see docs/axis.md.
"""
