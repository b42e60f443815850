"""Start-up: from exec to the first ad on screen and a key answered, beside a bare Textual app and visidata."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks import peers
from benchmarks.generate import queue_file
from benchmarks.importing import remove, workspace_of
from benchmarks.keys import READY, record
from benchmarks.measure import (
    ABSENT,
    REPORTED,
    ROOT,
    Row,
    Setting,
    environment,
    in_turn,
    median,
    modtui,
    python,
    run,
    verdict,
)
from benchmarks.terminal import Terminal

ROUNDS = 12
VISIDATA_LINES = 5_000


def shown_and_listening(command: list[str], env: dict[str, str], pattern: str, key: str) -> float:
    """Seconds from exec until the screen matches and a key typed then has been answered."""
    with Terminal(command, env=env) as terminal:
        shown = terminal.wait_for(pattern)
        reaction = terminal.press(key)
        if not reaction.size:
            raise RuntimeError(f"{key!r} was not answered in\n{terminal.text}")
        return shown + reaction.last


def first_ad(setting: Setting) -> list[Row]:
    """The review of a workspace with very many ads."""
    size = setting.ads(1_000_000)
    moved, _ = record(setting)
    small, large = workspace_of(setting, 1_000), workspace_of(setting, size)
    lines = queue_file(setting.folder, VISIDATA_LINES)
    vd = peers.visidata()

    def review(workspace: Path) -> Callable[[], float]:
        env = environment(setting.folder, workspace)
        return lambda: shown_and_listening(modtui("review", "bench", "--slice", "whisky"), env, READY, "j")

    def plainly(workspace: Path) -> Callable[[], float]:
        env = environment(setting.folder, workspace)
        return lambda: shown_and_listening(modtui("review", "bench"), env, READY, " ")

    programs: dict[str, Callable[[], float]] = {
        "bare": lambda: shown_and_listening(peers.bare_app(moved), {}, READY, "j"),
        "modtui": plainly(large),
        "modtui_1000": plainly(small),
        "modtui_words": review(large),
    }
    if vd:
        env = {"HOME": str(setting.folder)}
        programs["visidata"] = lambda: shown_and_listening([*vd, "-f", "jsonl", str(lines)], env, "ad-0000000", "j")
    found = in_turn(setting.rounds(ROUNDS), **programs)
    ours, bare = median(found["modtui"]), median(found["bare"])
    rows = [
        Row(
            f"exec to first ad and keys, {size:,} ads / bare Textual app",
            "<= 1.15x",
            f"{ours / bare:.2f}x ({ours * 1000:.0f} / {bare * 1000:.0f} ms)",
            verdict(ours / bare, 1.15),
            found,
        ),
        Row(
            f"the same with 1,000 ads; with {size:,} and a slice by words",
            REPORTED,
            f"{median(found['modtui_1000']) * 1000:.0f} ms; {median(found['modtui_words']) * 1000:.0f} ms",
            REPORTED,
        ),
    ]
    what = f"exec to first ad and keys / visidata on {VISIDATA_LINES:,} lines"
    if vd:
        ratio = ours / median(found["visidata"])
        measured = f"{ratio:.2f}x ({median(found['visidata']) * 1000:.0f} ms)"
        rows.append(Row(what, "<= 0.7x", measured, verdict(ratio, 0.7)))
    else:
        rows.append(Row(what, "<= 0.7x", "not installed", ABSENT))
    return rows


def help_text(setting: Setting) -> list[Row]:
    """`modtui --help` against a Python that does nothing."""
    found = in_turn(
        setting.rounds(40),
        nothing=lambda: run(python("-c", "pass")).seconds,
        help=lambda: run(modtui("--help")).seconds,
    )
    ratio = median(found["help"]) / median(found["nothing"])
    measured = f"{ratio:.2f}x ({median(found['help']) * 1000:.0f} / {median(found['nothing']) * 1000:.0f} ms)"
    return [Row("modtui --help / python -c pass", "<= 4x", measured, verdict(ratio, 4.0), found)]


def memory(setting: Setting) -> list[Row]:
    """Peak memory of a review with few and with many ads, some ads decided; pages of mapped files count."""
    few, many = 10_000 if not setting.is_quick else 1_000, setting.ads(1_000_000)
    peaks = {}
    for size in (few, many):
        with Terminal(modtui("review", "bench"), env=environment(setting.folder, workspace_of(setting, size))) as desk:
            desk.wait_for(READY)
            for _ in range(10):
                desk.settle(0.3)
                desk.press("N")
                desk.settle(0.2)
                desk.press("\r")
            peaks[size] = desk.peak_mib()
    ratio = peaks[many] / peaks[few]
    measured = f"{ratio:.2f}x ({peaks[many]:.0f} / {peaks[few]:.0f} MiB)"
    is_met = ratio <= 1.2 and peaks[many] < 150
    what = f"peak memory of review, {many:,} / {few:,} ads"
    return [Row(what, "<= 1.2x, < 150", measured, "met" if is_met else "MISSED")]


def file_in_one_go(setting: Setting) -> list[Row]:
    """`modtui review FILE` in a new workspace, the import going on behind, against an empty start."""
    file = queue_file(setting.folder, setting.ads(1_000_000))
    one = queue_file(setting.folder, 1)
    workspace = setting.folder / "new.db"
    # In a new workspace nothing has been read yet, and what is unread would be the first thing on screen.
    policies = setting.folder / "policies-without-briefings.yaml"
    policies.write_text((ROOT / "policies.yaml").read_text("utf-8").partition("\nbriefings:")[0] + "\n", "utf-8")
    new = environment(setting.folder, workspace) | {"MODTUI_POLICIES": str(policies)}

    def review(path: Path) -> float:
        remove(workspace)
        return shown_and_listening(modtui("review", str(path)), new, READY, " ")

    def empty() -> float:
        remove(workspace)
        return shown_and_listening(modtui(), new, "modtui", "?")

    def warm() -> float:
        env = environment(setting.folder, workspace_of(setting, 1_000))
        return shown_and_listening(modtui("review", "bench"), env, READY, " ")

    found = in_turn(setting.rounds(8), empty=empty, many=lambda: review(file), one=lambda: review(one), warm=warm)
    remove(workspace)
    figures = {name: median(values) * 1000 for name, values in found.items()}
    ratio = figures["many"] / figures["empty"]
    measured = (
        f"{ratio:.2f}x ({figures['many']:.0f} / {figures['empty']:.0f} ms; a file of one ad {figures['one']:.0f}, "
        f"a queue that is there {figures['warm']:.0f} ms)"
    )
    return [Row("first ad of a new file of 1,000,000 / empty start", "<= 2x", measured, verdict(ratio, 2.0), figures)]


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {
    "startup": first_ad,
    "help": help_text,
    "review-memory": memory,
    "review-file": file_in_one_go,
}
