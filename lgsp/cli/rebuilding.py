"""`lgsp rebuild-broker`: all queues anew from the journal, after RabbitMQ lost everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.settings import Settings


def rebuild_broker(
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this it is only shown.")] = False,
    json: Json = False,
) -> None:
    """Make all queues anew from the journal.

    After RabbitMQ lost everything. What waited there is dispatched again in a new epoch, so that a frame that
    turns up after all is stale and sends nothing. What is being sent just now is left to its outcome.
    """
    from lgsp.logs import set_up
    from lgsp.settings import read_settings

    set_up("ERROR")
    told = wait_for(_rebuild(read_settings(), yes=yes))
    if json:
        say_json(told)
        return
    for system, count in told["dispatched"].items():
        typer.echo(f"{system}: {count} bản ghi sẽ vào hàng đợi lại (deliveries are dispatched again)")
    if not told["dispatched"]:
        typer.echo("Không có gì đang chờ trong hàng đợi (nothing was waiting in the queues)")
    if told["sending"]:
        typer.echo(f"{told['sending']} bản ghi đang được gửi, giữ nguyên (being sent, left alone)")
    if not yes:
        typer.echo("Chưa làm gì; thêm --yes để thực hiện (nothing was done; add --yes)")


async def _rebuild(settings: Settings, *, yes: bool) -> dict[str, Any]:
    from lgsp.errors import ConfigError
    from lgsp.ground import ground_of
    from lgsp.journal import sweeping

    if settings.embedded:
        raise ConfigError(["the embedded broker lives in `lgsp run`; start it again: it rebuilds"])
    async with ground_of(settings) as ground:
        if yes:
            from lgsp.counterparts import queued
            from lgsp.home import home
            from lgsp.routes import read_routes

            await ground.broker.declare(queued(read_routes(home() / "routes.yaml")))
            return {"done": True, **await ground.journal.write(sweeping.undispatch_all)}
        return {"done": False, **await ground.journal.read(sweeping.on_the_broker)}
