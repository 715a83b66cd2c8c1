"""What the pictures of the calendar show: years that are known and not, due dates with their ways."""

from __future__ import annotations

HERE = "/console/calendar"
PAUSED = (
    "received=2026-04-20&at=09:30&term=8&unit=d&stop=2026-04-22T10:00&go=2026-04-24T08:00&rule=standard/1"
)
HOURS = "received=2026-01-08&at=15:30&term=16&unit=h"
UNKNOWN = "received=2026-12-28&term=9&unit=d"
VIEWS = {
    "calendar": f"{HERE}?year=2026",
    "calendar-unknown": f"{HERE}?year=2031",
    "calendar-due-empty": f"{HERE}/due",
    "calendar-due": f"{HERE}/due?{PAUSED}",
    "calendar-due-hours": f"{HERE}/due?{HOURS}",
    "calendar-due-unknown": f"{HERE}/due?{UNKNOWN}",
    "calendar-agencies": f"{HERE}/agencies",
}
