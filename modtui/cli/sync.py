"""`modtui sync` and `modtui remote add|list|remove`: what was decided goes to the team, and theirs comes here."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import to_builtins

from modtui.cli.common import put, put_json, say, settings_of
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.services.exchange import Exchanged
    from modtui.services.published import Arrived
    from modtui.services.syncing import SyncReport

SHOWN = 20
NICE = 10
LEAVING_SECONDS = 20


@click.command(epilog="For example: modtui sync --dry-run\n\nOr: modtui sync --to-file hand-over.modtui")
@click.argument("remote", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option("--all", "from_the_start", is_flag=True, help="Read all of the remote again, and mend what is damaged.")
@click.option("--to-file", type=click.Path(dir_okay=False), help="Write what is known here into one file, to carry.")
@click.option("--from-file", type=click.Path(dir_okay=False), help="Take what a carried file brings.")
@click.option("--behind", is_flag=True, hidden=True, help="Quietly, with what the processor has to spare.")
@click.option("--leaving", is_flag=True, hidden=True, help="Give back what is leased and not decided, within seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@click.pass_context
def sync(
    ctx: click.Context,
    remote: str | None,
    dry_run: bool,
    from_the_start: bool,
    to_file: str | None,
    from_file: str | None,
    behind: bool,
    leaving: bool,
    as_json: bool,
) -> None:
    """Send what was decided here to the team's remote, and take what others decided.

    Without a name the remote that was added first. It may be stopped at any moment and begun again: that costs time,
    and no event. Nothing is merged: decisions that stand against each other become a conflict (`modtui conflicts`).
    """
    from modtui.cli.workplace import opened, opened_workspace
    from modtui.services import carrying, syncing

    if sum(map(bool, (dry_run, to_file, from_file))) > 1:
        raise click.UsageError("--dry-run, --to-file and --from-file exclude each other.")
    if behind:
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    settings = settings_of(ctx)
    if leaving:
        _leave(settings.workspace)
        return
    if from_file and not settings.workspace.exists():
        with opened(settings):  # a file may be the first that comes to a machine: the workspace is made
            pass
    with opened_workspace(settings) as workspace, _progress(is_quiet=as_json or behind) as (tell, pause):
        if dry_run:
            row, missing = syncing.missing_at(workspace, remote)
            _show_missing(row.name, missing, as_json=as_json)
            return
        if to_file:
            report = carrying.write_file(workspace, Path(to_file), tell)
        elif from_file:
            report = carrying.read_file(workspace, Path(from_file), tell, settings.policies)
        else:
            report = syncing.sync(
                workspace, remote, from_the_start=from_the_start, gently=behind, policies=settings.policies,
                progress=tell, pause=pause,
            )  # fmt: skip
    if as_json:
        put_json(_as_json(report))
    elif not behind:
        _show(report)


def _leave(path: Path) -> None:
    """Nobody waits for this process: it ends by itself, whatever the remote does."""
    import signal

    from modtui.services.clock import wall_clock
    from modtui.services.leaving import leave_desk
    from modtui.store.workspace import open_workspace

    signal.alarm(LEAVING_SECONDS)
    with open_workspace(path, wall_clock(), create=False) as workspace:
        leave_desk(workspace)


@click.command(epilog="For example: modtui remote add team /mnt/team --team eu_ads --new")
@click.argument("name")
@click.argument("address")
@click.option("--team", default="", help="The team it belongs to; another team's is refused.")
@click.option("--new", "is_new", is_flag=True, help="Make the folder a remote of the team, if it is none yet.")
@click.option("--json", "as_json", is_flag=True, help="Print the remote as one JSON object.")
@click.pass_context
def add(ctx: click.Context, name: str, address: str, team: str, is_new: bool, as_json: bool) -> None:
    """Name a place to sync with: a folder, s3://, gs:// or sftp://, or the team's postgresql://.

    Passwords and keys never stand in the address: they come from the environment, a profile or ~/.pgpass.
    """
    from modtui.cli.workplace import opened
    from modtui.services.syncing import add_remote

    with opened(settings_of(ctx)) as (workspace, _):
        row = add_remote(workspace, name, address, team, is_new=is_new)
    if as_json:
        put_json({"name": row.name, "address": row.address, "team": row.team})
    else:
        say(f"{row.name} is {row.address}, of the team {row.team or '(unnamed)'}. `modtui sync` syncs with it.")


@click.command("list", epilog="For example: modtui remote list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the remotes, what is unsynced, and what a remote holds that was not taken."""
    from modtui.cli.workplace import opened_workspace
    from modtui.store.remotes import count_unsynced, list_remotes, quarantined

    with opened_workspace(settings_of(ctx)) as workspace, workspace.read() as connection:
        rows, broken = list_remotes(connection), quarantined(connection)
        unsynced = count_unsynced(connection)
    if as_json:
        refused = [{"remote": each.remote, "name": each.name, "why": each.why} for each in broken]
        remotes = [
            {"name": row.name, "address": row.address, "team": row.team, "synced_at": row.synced_at} for row in rows
        ]
        put_json({"remotes": remotes, "unsynced": unsynced, "refused": refused})
        return
    for row in rows:
        put(f"{row.name}  {row.address}  {row.team}  {'synced ' + row.synced_at[:16] if row.synced_at else 'new'}")
    for each in broken[:SHOWN]:
        say(f"Not taken from {each.remote}: {each.name}: {each.why}")
    say(f"{number_of(len(rows), 'remote')}, {number_of(unsynced, 'event')} unsynced")


@click.command(epilog="For example: modtui remote remove team")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the name as JSON.")
@click.pass_context
def remove(ctx: click.Context, name: str, as_json: bool) -> None:
    """Forget a remote. What came from it stays."""
    from modtui.cli.workplace import opened_workspace
    from modtui.services.syncing import find_remote
    from modtui.store.remotes import remove_remote

    with opened_workspace(settings_of(ctx)) as workspace:
        find_remote(workspace, name)
        workspace.writer.call(lambda tx: remove_remote(tx.connection, name))
    put_json({"removed": name}) if as_json else say(f"{name} is forgotten.")


def _show_missing(remote: str, missing: list[Any], *, as_json: bool) -> None:
    if as_json:
        streams = [
            {"stream": each.stream, "as": each.sent_as, "events": each.events} for each in missing if each.stream
        ]
        put_json({"remote": remote, "would_send": streams, "would_send_files": sum(each.files for each in missing)})
        return
    for each in missing:
        forked = f" as {each.sent_as}" if "~" in each.sent_as else ""
        sent = f"{number_of(each.events, 'event')} of {each.stream}{forked}"
        put(sent if each.stream else number_of(each.files, "published file"))
    say(f"{number_of(sum(each.events for each in missing), 'event')} would go to {remote}. Nothing was sent.")


def _as_json(report: SyncReport) -> dict[str, Any]:
    return {
        "remote": report.remote,
        "pulled": report.pulled,
        "pushed": report.pushed,
        "unsynced": report.unsynced,
        "conflicts": report.conflicts,
        "waiting": list(report.waiting),
        "forked": list(report.forked),
        "refused": [{"name": each.name, "why": each.why, "foreign": each.is_foreign} for each in report.refused],
        "withdrawn": [{"id": event.id, "takes_back": list(event.supersedes)} for event in report.withdrawn],
        "work": to_builtins(report.work),
        "published": report.published and _published_as_json(report.published),
    }


def _published_as_json(arrived: Arrived) -> dict[str, Any]:
    queues = {name: counts.as_json() for name, counts in arrived.queues.items()}
    return {"catalog": arrived.catalog, "queues": queues, "sent": arrived.sent}


def _show(report: SyncReport) -> None:
    for event in report.withdrawn:
        subject = event.subject
        say(f"Withdrawn after it was sent: {', '.join(event.supersedes)} on {subject.ad_id if subject else ''}")
    for refused in report.refused[:SHOWN]:
        say(f"{'Left alone' if refused.is_foreign else 'Not taken'}: {refused.name}: {refused.why}")
    if len(report.refused) > SHOWN:
        say(f"... and {len(report.refused) - SHOWN:,} more")
    for name in report.waiting[:SHOWN]:
        say(f"Waits for the events before it: {name}")
    for way in report.forked:
        say(f"{way} goes on otherwise in the remote, as after a restored backup: yours was sent beside it, whole.")
    say(
        f"{report.remote}: {report.pushed:,} sent, {report.pulled:,} new here, {report.unsynced:,} unsynced, "
        f"{number_of(report.conflicts, 'conflict')}" + (" (modtui conflicts)" if report.conflicts else "")
    )
    if report.published is not None:
        _tell_published(report.published)
    if report.work is not None:
        from modtui.cli.remote_lease import tell_work

        tell_work(report.work)
    if any(not each.is_foreign for each in report.refused):
        say("What was not taken stops nothing else. `modtui sync --all` by whoever has those events mends it.")
        say("What nobody has was put there by hand; whoever owns the remote can remove it.")


def _tell_published(arrived: Arrived) -> None:
    if arrived.catalog is not None:
        say(f"Catalog {arrived.catalog} is the team's now, and yours unless you name another with --policies.")
    for name, counts in arrived.queues.items():
        ads = f"{counts.new:,} new, {counts.new_versions:,} with other content, {counts.unchanged:,} as they were"
        changed = f", {counts.context_changed:,} with other context" if counts.context_changed else ""
        refused = f", {counts.rejected:,} refused (see {counts.rejects})" if counts.rejected else ""
        say(f"Queue {name} from the team: {ads}{changed}{refused}.")
    if arrived.sent:
        say(f"{number_of(arrived.sent, 'published file')} sent.")


@contextmanager
def _progress(*, is_quiet: bool) -> Iterator[tuple[Callable[[Exchanged], None] | None, Callable[[float], None]]]:
    """A line that counts, and one that says when nothing answers, on a terminal; nothing in a pipe."""
    if is_quiet or not sys.stderr.isatty():
        yield None, time.sleep
        return
    from rich.console import Console

    with Console(stderr=True, markup=False, highlight=False).status("asking the remote") as status:

        def pause(seconds: float) -> None:
            status.update("the remote does not answer; trying again")
            time.sleep(seconds)

        yield lambda done: status.update(f"{done.pushed:,} sent, {done.pulled:,} new here"), pause
