"""`lgsp migrate` and `lgsp publish`: bringing an installation to newer tables, and to newer routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.journal.leasing import Worker
    from lgsp.routes import Routes
    from lgsp.settings import Settings


def migrate(json: Json = False) -> None:
    """Bring the journal's tables to this version.

    Run it once before the first start, and after each installation of a newer version.
    """
    from lgsp.journal import migrating
    from lgsp.journal.examining import newest_revision
    from lgsp.settings import read_settings

    settings, newest = read_settings(), newest_revision()
    before = wait_for(_revision(settings))
    if settings.embedded:
        wait_for(_opened(settings))
    elif before != newest:
        migrating.migrate(settings.journal_url)
    if json:
        say_json({"before": before, "now": newest})
    elif before == newest:
        typer.echo(f"Nhật ký đã ở phiên bản {newest} (the journal is at revision {newest} already)")
    else:
        came = before or "trống (empty)"
        typer.echo(f"Đã chuyển nhật ký từ phiên bản {came} lên {newest} (migrated the journal)")


async def _opened(settings: Settings) -> None:
    """Open the embedded journal once, which brings it up to date under its lock."""
    from lgsp.ground import open_journal

    await (await open_journal(settings)).close()


async def _revision(settings: Settings) -> str | None:
    """Return the revision of the tables that are there; None where there are none.

    Raises:
        JournalError: the server is not reached.
    """
    from lgsp.journal.examining import revision
    from lgsp.journal.peeking import peek

    if settings.embedded:
        return peek(settings.journal, revision)
    from lgsp.journal.postgres import PostgresJournal

    journal = await PostgresJournal.open(settings.journal_url)  # without keys: their table may not be there
    try:
        return await journal.read(lambda tx: revision(tx) if _has_tables(tx) else None)
    finally:
        await journal.close()


def _has_tables(tx: Any) -> bool:
    return bool(tx.rows("SELECT to_regclass('alembic_version') IS NOT NULL")[0][0])


def publish(
    yes: Annotated[
        bool, typer.Option("--yes", help="Publish; without it only the difference is shown.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the list of versions.")] = "",
    leave_open: Annotated[
        bool, typer.Option("--leave-open", help="Open deliveries may be left to an older connection.")
    ] = False,
    json: Json = False,
) -> None:
    """Publish the home's routes.

    It checks the home, shows what differs from the version in force, and with --yes lets every process go
    over to it, in place. Where routes go back to the shadow while deliveries are open, those are counted, and
    nothing is published before --leave-open says that the older connection may have them.
    """
    from lgsp.check import faults
    from lgsp.errors import ConfigError
    from lgsp.home import home
    from lgsp.routes import read_routes
    from lgsp.settings import read_settings

    settings, path = read_settings(), home() / "routes.yaml"
    if settings.embedded:
        raise ConfigError([f"{path}: with SQLite the next start of `lgsp run` publishes it; start it anew"])
    if found := faults(path):
        raise ConfigError(found)
    told = wait_for(_publish(settings, read_routes(path), reason, yes=yes, leave_open=leave_open))
    say_json(told) if json else _show(told, yes=yes)
    end(well=told["published"] or not told["difference"])


async def _publish(
    settings: Settings, routes: Routes, reason: str, *, yes: bool, leave_open: bool
) -> dict[str, Any]:
    from lgsp import publishing
    from lgsp.domain.agencies.known import built_in
    from lgsp.giving_back import still_open
    from lgsp.ground import open_journal, process_name
    from lgsp.journal import leasing, reading
    from lgsp.schemas import Types

    journal = await open_journal(settings)
    try:
        newest = await journal.read(leasing.newest)
        version, text = newest or (0, "")
        publishing.check_open(routes, await journal.read(reading.open_systems))
        difference = publishing.difference(text, routes.text, (f"version {version}", "routes.yaml"))
        left = await still_open(journal, routes, Types(), built_in())
        if now := yes and bool(difference) and (leave_open or not left):
            version = await journal.write(lambda tx: publishing.publish(tx, routes, process_name(), reason))
        processes = [_process(one, version) for one in await journal.read(leasing.alive)]
        told = {"version": version, "difference": difference, "published": now, "processes": processes}
        return told | {"open": [one.as_dict() for one in left]}
    finally:
        await journal.close()


def _process(worker: Worker, version: int) -> dict[str, Any]:
    return {
        "worker": worker.number,
        "name": worker.name,
        "roles": worker.roles,
        "version": worker.published,
        "follows": worker.published == version,
    }


def _show(told: dict[str, Any], *, yes: bool) -> None:
    for line in told["difference"]:
        typer.echo(line)
    version = told["version"]
    if not told["difference"]:
        typer.echo(f"Không có thay đổi so với phiên bản {version} (nothing differs from version {version})")
    elif told["published"]:
        typer.echo(f"Đã công bố phiên bản {version} (published); các tiến trình tự nạp trong vài giây")
    elif not yes or not told["open"]:
        typer.echo("Chưa công bố; thêm --yes để công bố (not published; add --yes)")
    for one in told["open"]:
        typer.echo(_left(one))
    if told["open"] and not told["published"]:
        typer.echo("Đợi hết lượt đang mở, hoặc thêm --leave-open để kết nối cũ gửi các lượt ấy", err=True)
    for one in told["processes"]:
        state = "đang dùng" if one["follows"] else "chưa dùng"
        typer.echo(f"  {one['name']} {one['roles']}: phiên bản (version) {one['version']}, {state}")


def _left(one: dict[str, Any]) -> str:
    """Return in words what is open to a system and would be left to its older connection."""
    more = "hơn " if one["more"] else ""
    said = (
        f"{one['system']}: {more}{one['queued']} lượt đang chờ sẽ để kết nối cũ gửi (left to the older one)"
    )
    if one["in_doubt"]:
        said += f", trong đó {one['in_doubt']} có thể đã đến (in doubt)"
    return f"{said}, {one['on_its_way']} lượt đang gửi dở (on its way)" if one["on_its_way"] else said
