"""`modtui export`: decisions in files, for scripts, spreadsheets, the EU database, exchanges and advertisers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put_json, say, settings_of, standard_output
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.services.outgoing import OutReport
    from modtui.services.sending_forms import Sending
    from modtui.store.workspace import Workspace

WHOLE = ("jsonl", "csv")
FORMS = (*WHOLE, "dsa", "adcom", "notices")
ITEMS = {"dsa": ("statement of reasons", "statements of reasons"), "adcom": ("audit", ""), "notices": ("notice", "")}
NAMED = 20


@click.command(
    epilog="For example: modtui export csv -o decisions.csv --since 2026-11-01; modtui export dsa -o statements.jsonl"
)
@click.argument("form", type=click.Choice(FORMS), metavar="jsonl|csv|dsa|adcom|notices")
@click.option("-o", "--output", default="-", show_default=True, help="The file to write; - is standard output.")
@click.option("--since", help="A date or time, UTC; decisions from then on.")
@click.option("--with-times", is_flag=True, help="jsonl, csv: add the active time of each, which otherwise stays here.")
@click.option("--again", is_flag=True, help="dsa, adcom, notices: also what an earlier export wrote.")
@click.option(
    "--before-delivery/--no-before-delivery",
    default=True,
    show_default=True,
    help="dsa: state refusals of ads that never ran. Whether that is due is a question for your lawyers.",
)
@click.option("--policy-url", default="", help="dsa: where a policy can be read, with {policy} and {version}.")
@click.option("--appeal", default="", help="notices: how to object; stands at the end of each.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts and the file as one JSON object.")
@click.pass_context
def export(
    ctx: click.Context,
    form: str,
    output: str,
    since: str | None,
    with_times: bool,
    again: bool,
    before_delivery: bool,
    policy_url: str,
    appeal: str,
    as_json: bool,
) -> None:
    """Write decisions to a file.

    jsonl holds each record whole, csv a row that no spreadsheet runs. dsa writes EU statements of reasons, a line a
    request of at most 100; adcom one collection of AdCOM ads with their audits; notices a line for each advertiser.
    These three write what is new to them, name what was taken back since, and say why something was not written.
    """
    from modtui.cli.workplace import opened_workspace
    from modtui.services.exporting import export_csv, export_jsonl, output_file
    from modtui.services.sending_forms import Sending

    with opened_workspace(settings_of(ctx)) as workspace:
        if form not in WHOLE:
            order = Sending(form, since, again, before_delivery, policy_url, appeal)
            _send(workspace, order, output, as_json)
            return
        write = export_csv if form == "csv" else export_jsonl
        if output == "-" and sys.stdout.isatty():
            count = write(workspace, standard_output(), since=since, with_times=with_times)
        else:
            with output_file(output) as out:
                count = write(workspace, out, since=since, with_times=with_times)
    if as_json and output != "-":
        put_json({"events": count, "file": output})
    else:
        say(f"{number_of(count, 'event')} written" + ("" if output == "-" else f" to {output}"))


def _send(workspace: Workspace, order: Sending, output: str, as_json: bool) -> None:
    """Write one of the forms that others expect, then note what left."""
    from modtui.services.exporting import output_file
    from modtui.services.outgoing import sent
    from modtui.services.sending_forms import write_form

    if output == "-" and sys.stdout.isatty():
        report = write_form(workspace, standard_output(), order)
    else:
        with counted() as tell, output_file(output) as out:
            report = write_form(workspace, out, order, on_progress=tell)
    sent(workspace, order.form)
    if as_json and output != "-":
        put_json(as_data(report) | {"file": output})
    else:
        for line in summary(report, output):
            say(line)


@contextmanager
def counted() -> Iterator[Callable[[int], None] | None]:
    """A count of decisions on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("0 decisions") as status:
        yield lambda done: status.update(number_of(done, "decision"))


def as_data(report: OutReport) -> dict[str, Any]:
    """The counts as plain data: `decisions` is the sum of `written`, `already`, `not_needed` and `unable`."""
    return {
        "form": report.form,
        "decisions": report.decisions,
        "written": report.written,
        "items": report.items,
        "already": report.already,
        "not_needed": report.not_needed,
        "unable": report.unable,
        "refusals": [
            {"decision": each.decision, "source": each.source, "ad": each.ad, "reasons": list(each.reasons)}
            for each in report.named
        ],
        "withdrawn": [
            {"decision": event_id, "source": source, "ad": ad_id} for event_id, source, ad_id in report.withdrawn
        ],
    }


def summary(report: OutReport, output: str) -> Iterator[str]:
    """The same in words."""
    where = "" if output == "-" else f" to {output}"
    yield f"{number_of(report.items, *ITEMS[report.form])} of {number_of(report.written, 'decision')} written{where}"
    if report.already:
        before = number_of(report.already, "was", "were")
        yield f"{before} written by an earlier export; --again writes {'it' if report.already == 1 else 'them'} too"
    for why, count in report.not_needed.items():
        yield f"{count} not needed: {why}"
    for each in report.named[:NAMED]:
        yield f"not written: {each.ad}: {'; '.join(each.reasons)}"
    if report.unable > NAMED:
        yield f"{report.unable - NAMED} more not written; --json names {len(report.named)} of them"
    for event_id, _, ad_id in report.withdrawn:
        yield f"withdrawn since it was exported: {ad_id}, decision {event_id}"
