"""The command line: `lgsp`. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import typer

from lgsp.cli.asking import ask, asks, checks
from lgsp.cli.audit import audit
from lgsp.cli.calendar import calendar
from lgsp.cli.causes import causes
from lgsp.cli.checking import check
from lgsp.cli.codes import code
from lgsp.cli.credentials import credentials
from lgsp.cli.declaring import declare
from lgsp.cli.deliveries import dead, replay
from lgsp.cli.doctor import alerts, doctor
from lgsp.cli.edxml import edxml
from lgsp.cli.figures import figures
from lgsp.cli.handing_over import adopt, cut_over, handovers
from lgsp.cli.jobs import jobs
from lgsp.cli.keys import keys
from lgsp.cli.listings import agencies
from lgsp.cli.personal import personal
from lgsp.cli.procedures import procedures
from lgsp.cli.publishing import migrate, publish
from lgsp.cli.rebuilding import rebuild_broker
from lgsp.cli.reconcile import reconcile
from lgsp.cli.replays import replays
from lgsp.cli.report import report
from lgsp.cli.restoring import compare, restored
from lgsp.cli.retaining import retain
from lgsp.cli.scores import score
from lgsp.cli.sending import send
from lgsp.cli.serving import run, sandbox, serve, token, work
from lgsp.cli.shadow import shadow
from lgsp.cli.shell import Shell
from lgsp.cli.systems import drain, pause, quarantine, resume, systems
from lgsp.cli.tracing import trace
from lgsp.cli.trials import bench, demo, drill

_COMMANDS = (
    run, serve, work, migrate, declare, publish, rebuild_broker, retain,
    demo, check, send, ask, asks, checks, trace, dead, replay, replays, systems, pause, drain, resume,
    quarantine, adopt, cut_over, handovers,
    doctor, alerts, causes, token, sandbox, bench, drill, restored, compare, code, score,
)  # fmt: skip

app = typer.Typer(
    name="lgsp",
    cls=Shell,
    help="The data-sharing platform: what local systems tell goes to national systems, in order.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in _COMMANDS:
    app.command()(command)
app.add_typer(audit, name="audit")
app.add_typer(figures, name="figures")
app.add_typer(calendar, name="calendar")
app.add_typer(edxml, name="edxml")
app.add_typer(agencies, name="codes")
app.add_typer(procedures, name="procedures")
app.add_typer(jobs, name="jobs")
app.add_typer(credentials, name="credentials")
app.add_typer(keys, name="keys")
app.add_typer(shadow, name="shadow")
app.add_typer(reconcile, name="reconcile")
app.add_typer(report, name="report")
app.add_typer(personal, name="personal")


def main() -> None:
    """Run the command line."""
    app()
