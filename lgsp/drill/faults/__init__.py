"""Everything that goes wrong, as small named acts: each hurts the stage, and puts it right again."""

from lgsp.drill.faults.broker import BROKER
from lgsp.drill.faults.clock import CLOCK
from lgsp.drill.faults.cluster import CLUSTER
from lgsp.drill.faults.door import DOOR
from lgsp.drill.faults.far import FAR
from lgsp.drill.faults.fault import Fault, MissedError
from lgsp.drill.faults.journal_server import JOURNAL_SERVER
from lgsp.drill.faults.processes import PROCESSES
from lgsp.drill.faults.steps import STEPWISE

FAULTS: tuple[Fault, ...] = (
    *FAR, *BROKER, *CLUSTER, *JOURNAL_SERVER, *PROCESSES, *STEPWISE, *DOOR, *CLOCK,
)  # fmt: skip

__all__ = ["FAULTS", "Fault", "MissedError"]
