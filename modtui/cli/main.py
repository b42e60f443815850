"""Where `modtui` begins: the table of its commands, and the one answer that needs nothing else, `--help`."""

from __future__ import annotations

import os
import sys

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("modtui.cli.review:demo", "Review the shipped queue in a throw-away workspace."),
    "import": ("modtui.cli.importing:import_ads", "Bring ads in from queue files."),
    "queues": ("modtui.cli.queues:queues", "Show what is waiting."),
    "ads": ("modtui.cli.queues:ads", "Find ads."),
    "review": ("modtui.cli.review:review", "Review a queue, or a file, ad by ad."),
    "policies": ("modtui.cli.policies:policies", "Check, read and change the policy catalog."),
    "pack": ("modtui.cli.packs:pack", "Build practice packs and exams, and score them."),
    "twins": ("modtui.cli.twins:twins", "Bring the tables of near-identical ads up to date."),
    "practice": ("modtui.cli.practice:practice", "Practise a pack, or the catalog's own examples."),
    "drill": ("modtui.cli.practice:drill", "Bring back what you got wrong, when it is due."),
    "decisions": ("modtui.cli.decisions:decisions", "List decisions."),
    "export": ("modtui.cli.export:export", "Write decisions to a file."),
    "exposure": ("modtui.cli.exposure:exposure", "How clearly sensitive ads are shown to me, and today's count."),
    "media": ("modtui.cli.media:media", "How much drawn pictures take on disk."),
    "remote": ("modtui.cli.remote:remote", "Share work with a team, through its database."),
    "sync": ("modtui.cli.sync:sync", "Send what was decided to the team, and take what others decided."),
    "conflicts": ("modtui.cli.conflicts:conflicts", "Show decisions that stand against each other, and settle them."),
    "agreement": ("modtui.cli.agreement:agreement", "How far reviewers agree who judged the same ads."),
    "keys": ("modtui.cli.keys:keys", "Show every key, and what this terminal sends."),
    "doctor": ("modtui.cli.care:doctor", "Say what is wrong with this terminal, workspace and catalog."),
    "verify": ("modtui.cli.care:verify", "Walk the whole chain of events."),
    "backup": ("modtui.cli.care:backup", "Copy the workspace safely, also while it is in use."),
    "restore": ("modtui.cli.care:restore", "Put a backup in the workspace's place."),
}
"Name to where the command is and its line in the help: the help needs no import of it."

HELP = """\
Usage: modtui [OPTIONS] [COMMAND] [ARGS]...

  Review advertisements in a terminal.

  Without a command: the home screen, with queues, what is due and what is
  unsynced.

Options:
  --workspace TEXT  The workspace file. [MODTUI_WORKSPACE]
  --policies TEXT   The policy catalog, a file or folder. [MODTUI_POLICIES]
  --reviewer TEXT   The name decisions are made under. [MODTUI_REVIEWER]
  --version         Show the version and exit.
  -h, --help        Show this message and exit.

Commands:
{commands}

  For example: modtui demo
"""
"What click prints at 80 columns, there without the 45 ms that importing click takes; a test holds them together."


def help_text() -> str:
    return HELP.format(commands="\n".join(f"  {name:9}  {line}" for name, (_, line) in COMMANDS.items()))


def main() -> None:
    """The console script. Exit codes: 0 done, 1 a person can fix it, 2 wrong usage."""
    if sys.argv[1:] in (["--help"], ["-h"]) and _is_wide():
        sys.stdout.write(help_text())
        return
    from modtui.cli.common import run
    from modtui.cli.root import cli

    run(cli)


def _is_wide() -> bool:
    """Whether the help is not to be wrapped for a narrow terminal."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdigit():
        return int(stated) >= 80
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns >= 80
    except OSError:
        return True


if __name__ == "__main__":
    main()
