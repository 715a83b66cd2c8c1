"""Standing in for the national document axis, its peers, and a province's façade in front of it.

    axis.py        `Axis`: the ASGI part; mounted in the sandbox, or served by itself
    asked.py       one request and one answer, as the part sees them
    operations.py  what each operation does once its signature is believed
    post.py        deliveries: their ids, states and lists
    directory.py   who is on the axis, under which codes, and who connects them
    tree.py        reading a packet into a small tree, hardened
    layout.py      the vendor's layout: writing a tree
    transit.py     what the axis changes on the way
    taking.py      taking a packet: judging it, finding its receivers, handing it on
    world.py       what these share
    readers.py     how a lenient Java peer and a strict .NET peer read
    office.py      the peers: what each agency does with what it is sent
    habits.py      what an office answers, by its habits
    clerk.py       a local document system: the other end, in front of a gateway
    writing.py     the packets that peers write
    damage.py      what may be wrong with a packet that the axis hands out
    faults.py      what may be switched on by `PUT /<name>/_faults`
    weather.py     when it strikes
    facade.py      the REST façade of a province (Lạng Sơn, 2026) on the same post

What it rests on, and how sure that is, stands in docs/axis.md. It reads and writes packets by itself and
shares no line with the gateway's own reader: that is its worth as a check.
"""
