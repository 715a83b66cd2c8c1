"""Standing in for the systems around the gateway, so that a whole province fits in one process.

    app.py        `Sandbox`: one ASGI app; each stand-in lives under its own first path segment
    server.py     `serve`: until a signal ends it (`lgsp sandbox`)
    portal.py     `Portal`: the National Public Service Portal, as far as public sources tell its behaviour
    ngsp.py       `Ngsp`: the integration platform, a WSO2 gateway with a token endpoint and services
    faults.py     `Faults`: what may be switched on by `PUT /<name>/_faults`
    traffic.py    `Traffic`: seeded, realistic one-stop traffic, and what must have arrived when it is over
    vendor.py     `Vendor`: a one-stop system that posts traffic to a gateway and mends what was refused
    compare.py    `compare`, `overtakings`: does the stand-in hold what was told, in the order it was told?

Every stand-in answers `GET /<name>/_state` (what it holds), `DELETE /<name>/_state` (forget it),
`GET /<name>/_faults` and `PUT /<name>/_faults`. Chance is seeded: the same seed draws the same faults.
A stand-in believes nobody but itself: it never reads the gateway's journal.
"""
