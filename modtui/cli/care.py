"""`modtui verify`, `backup`, `restore` and `doctor`: looking after a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from modtui.cli.common import put, put_json, say, settings_of


@click.command(epilog="For example: modtui verify --salvage events.jsonl")
@click.option("--salvage", help="Write the events before the first broken one to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.pass_context
def verify(ctx: click.Context, salvage: str | None, as_json: bool) -> int:
    """Walk the whole chain of events and say whether every one still holds."""
    from modtui.cli.workplace import opened_workspace
    from modtui.services import care
    from modtui.services.exporting import output_file

    with opened_workspace(settings_of(ctx)) as workspace:
        found = care.verify(workspace)
        if salvage:
            with output_file(salvage) as out:
                say(f"{care.salvage(workspace, out)} events written to {salvage}")
    broken = found.chain.broken
    if as_json:
        named = broken and {"seq": broken.seq, "id": broken.event_id, "why": broken.why}
        said = {"checked": found.chain.checked, "others": found.others, "broken": named, "pages": list(found.problems)}
        if (practice := found.practice.broken) is not None:
            said["practice"] = {"seq": practice.seq, "id": practice.event_id, "why": practice.why}
        put_json(said)
        return 0 if found.is_whole else 1
    if broken is not None:
        say(f"Event {broken.seq} of stream {broken.stream[:8]} does not hold: {broken.why}.")
        say(f"{found.chain.checked:,} events before it do: `--salvage FILE` writes them, `modtui restore` goes back.")
    if (practice := found.practice.broken) is not None:
        say(f"Entry {practice.seq} of the log of practice ({practice.event_id}) does not hold: {practice.why}.")
    for problem in found.problems:
        say(f"The file itself is damaged: {problem}")
    if found.is_whole:
        put(f"{found.chain.checked + found.others:,} events hold, and so does the file.")
    return 0 if found.is_whole else 1


@click.command(epilog="For example: modtui backup -o before-update.modtui")
@click.option("-o", "--output", type=click.Path(), help="Where to; among the workspace's own backups when not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the path as JSON.")
@click.pass_context
def backup(ctx: click.Context, output: str | None, as_json: bool) -> None:
    """Copy the workspace safely, also while it is in use. The newest five are kept."""
    from modtui.cli.workplace import opened_workspace
    from modtui.services import care

    with opened_workspace(settings_of(ctx)) as workspace:
        made = care.back_up(workspace, Path(output) if output else None)
    if as_json:
        put_json({"backup": str(made)})
    else:
        put(str(made))


@click.command(epilog="For example: modtui restore (lists them), then modtui restore 1")
@click.argument("which", required=False, metavar="[NUMBER|FILE]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def restore(ctx: click.Context, which: str | None, yes: bool) -> int:
    """Put a backup in the workspace's place. What was there is kept beside it under another name."""
    from modtui.services import care

    path = settings_of(ctx).workspace
    made = care.backups_of(path)
    if which is None:
        for number, copy in enumerate(made, start=1):
            put(f"{number}  {copy.made_at}  {copy.size:,} bytes  {copy.path.name}")
        say("`modtui restore NUMBER` puts one back." if made else "There are no backups; `modtui backup` makes one.")
        return 0 if made else 1
    chosen = made[int(which) - 1].path if which.isdigit() and 0 < int(which) <= len(made) else Path(which)
    care.check_backup(chosen)
    if not yes and not click.confirm(f"Put {chosen.name} in the place of {path}?", err=True):
        return 1
    kept = care.restore(path, chosen)
    say(f"{path} is restored." + (f" What was there is kept as {kept.name}." if kept else ""))
    return 0


@click.command(epilog="For example: modtui doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> int:
    """Say what is wrong with this terminal, workspace and catalog, and what to do."""
    from modtui.services import care
    from modtui.services.shipped import shipped

    settings = settings_of(ctx)
    findings = list(care.examine(settings.workspace, settings.policies or shipped("policies.yaml")))
    if as_json:
        put_json(
            [{"state": each.state, "what": each.what, "words": each.words, "hint": each.hint} for each in findings]
        )
    else:
        for each in findings:
            put(f"{each.state:<5} {each.what:<12} {each.words}" + (f"  -> {each.hint}" if each.hint else ""))
    return 1 if any(each.state == care.BAD for each in findings) else 0
