"""`modtui pack inspect` and `publish`: what is in a pack, and the proof that an exam's key was not changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modtui.cli.common import put, put_json, say
from modtui.domain.plurals import number_of

INSPECT_HELP = """\
Say what is in PACK and whether it is as it was made: every byte is checked, and what does not fit is named.

--published FILE holds the key that a trainer published against what the exam committed to before anybody answered.

\b
Examples:
  modtui pack inspect alcohol.pack --class-code K7QF-2WMP-9RTA
  modtui pack inspect entry.pack --published entry.published.json
"""
PUBLISH_HELP = """\
Write the key of an exam with its secrets, once all answers are home. Whoever has the exam can then see by `modtui pack
inspect PACK --published FILE` that no answer was changed after the exam was made. The exam cannot be used again.

For example: modtui pack publish entry.pack --key entry.pack.key.json -o entry.published.json
"""


@click.command(help=INSPECT_HELP, short_help="Say what is in a pack, and whether it is as it was made.")
@click.argument("file", metavar="PACK", type=click.Path(path_type=Path))
@click.option("--class-code", help="Opens the key of a sealed pack.")
@click.option("--published", type=click.Path(path_type=Path), help="The key that was published of an exam.")
@click.option("--ads", is_flag=True, help="List the ads, with their answers where the key is open.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def inspect(
    ctx: click.Context, file: Path, class_code: str | None, published: Path | None, ads: bool, as_json: bool
) -> None:
    from modtui.cli.packs import described, gold_figures
    from modtui.cli.policies import catalog_in_use
    from modtui.files.pack_file import open_pack
    from modtui.files.pack_keys import read_key_file
    from modtui.services.catalogs import catalog_at
    from modtui.services.pack_staleness import staleness

    pack = open_pack(file, class_code)
    # The catalog and every medium are read too: a pack that inspects well opens well.
    found = described(pack) | {"policies_in_catalog": len(pack.catalog.policies)}
    for name in pack.media:
        pack.read_media(name)
    if published is not None:
        key = read_key_file(published, pack)
        pack.keys = key.keys
        found |= {"commitments_kept": len(key.keys), "gold": gold_figures(list(key.keys.values()))}
    found["stale_now"] = staleness(pack, catalog_at(catalog_in_use(ctx))).words
    if ads:
        found["list"] = [_line(pack, each.id) for each in pack.ads]
    if as_json:
        put_json(found)
        return
    _print(found)


@click.command(help=PUBLISH_HELP, short_help="Show the key of an exam, with the proof that it was not changed.")
@click.argument("file", metavar="PACK", type=click.Path(path_type=Path))
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="The key file of the exam.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write.")
def publish(file: Path, key_file: Path, output: Path) -> None:
    from modtui.files.pack_file import open_pack
    from modtui.files.pack_keys import read_key_file, write_key_file

    pack = open_pack(file)
    found = read_key_file(key_file, pack)
    secrets = {ad: bytes.fromhex(secret) for ad, secret in found.secrets.items()}
    write_key_file(output, pack.hash, found.title, found.keys, secrets)
    say(f"{number_of(len(found.keys), 'answer')} with secrets in {output}; all are what the exam committed to.")
    say(f"Learners check it: modtui pack inspect {file.name} --published {output.name}")
    say("The exam is used up: whoever reads this file knows its answers.")


def _line(pack: Any, ad_id: str) -> dict[str, Any]:
    from modtui.domain.ad_json import ad_from_payload

    key = pack.keys.get(ad_id) if pack.keys is not None else None
    line: dict[str, Any] = {"ad": ad_id, "title": ad_from_payload(pack.ad_by_id[ad_id].ad).title}
    if key is not None:
        line |= {"outcome": key.outcome, "checks": list(key.checks), "why": key.rationale.why}
    return line


def _print(found: dict[str, Any]) -> None:
    from modtui.domain.text import reveal

    def one(value: object) -> str:
        return reveal(str(value), "one")

    catalog = found["catalog"]
    put(f"{one(found['title'])}: {found['kind']} pack of {number_of(found['ads'], 'ad')}, {found['media']} media")
    put(f"  {found['kind']}: {found['protects']}")
    version = f"{one(catalog['id'])} {one(catalog['version'])}"
    put(f"  catalog {version}; feedback {found['feedback']}; assist {found['assist']}")
    limits = []
    if found["time_limit_s"]:
        limits.append(number_of(found["time_limit_s"] // 60, "minute"))
    if found["pauses"] is not None:
        limits.append(f"{found['pauses']} pauses")
    if found["pass_at"] is not None:
        limits.append(f"passed at {found['pass_at']} of {found['ads']} right")
    limits += [] if found["retry"] else ["no second answers"]
    if limits:
        put(f"  {', '.join(limits)}")
    if "chances" in found:
        chances = ", ".join(f"{accuracy} {chance:.0%}" for accuracy, chance in found["chances"].items())
        put(f"  chance of passing by true accuracy: {chances}")
    if found["note"]:
        put(f"  {one(found['note'])}")
    if found["stale_now"]:
        put(f"  {one(found['stale_now'])}")
    put(f"  pack {found['hash']}")
    put(f"  manifest {found['manifest_hash']}")
    if "gold" in found:
        gold = found["gold"]
        outcomes = ", ".join(f"{outcome} {count}" for outcome, count in gold["outcomes"].items())
        policies = ", ".join(f"{one(policy)} {count}" for policy, count in list(gold["policies"].items())[:12])
        put(f"  key: {outcomes}; {gold['clean']} clean")
        put(f"  policies: {policies}")
    else:
        put("  key: closed")
    if "commitments_kept" in found:
        put(f"  the published key is the one it committed to, in all {found['commitments_kept']} answers")
    for line in found.get("list", ()):
        checks = " ".join(line.get("checks", ()))
        put(f"  {line['ad']}  {line.get('outcome', ''):15}  {one(line['title'])[:60]}  {one(checks)}")
    say("Every byte is as it was written.")
