"""A new policy to fill in: an entry with free keys and worked examples, which passes the check as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date, timedelta
from itertools import chain, product
from pathlib import Path
from string import ascii_lowercase

from modtui.errors import ModtuiError
from modtui.files.policy_file import SUFFIXES, read_catalog_document
from modtui.files.policy_insertion import ids_and_keys, with_entry
from modtui.files.policy_values import DOTTED
from modtui.services.exporting import output_file
from modtui.services.shipped import shipped
from modtui.store.catalogs import find_catalog, list_catalogs
from modtui.store.workspace import Workspace

SCHEMA_FILE = "data/policies.schema.json"
DAYS_TO_REVIEW = 365

ENTRY = """\
  - id: {id}
    title: {title}
    family: {family}
    axis: industry              # industry | content | technical
    severity: medium            # info | low | medium | high | critical
    basis: platform             # platform | code | law
    owner: {owner}
    review_by: {review_by}
    principle: Say in one sentence what this protects.
    guidance: |
      1. Say what to look at first, and what does not count.
      2. Say when the answer is *yes*.
    cues: {{words: [{cue}]}}
    checks:
      - id: {id}/offers
        key: {first}
        ask: Does the ad offer {words}?
        min_age: 18             # the default rule; a market row replaces it
        fix: Target adults only.
      - id: {id}/problem
        key: {second}
        ask: Does it show what makes it unacceptable?
        when: {{{id}/offers: yes}}
        severity: high
        effect: prohibited
        fix: Say what the advertiser must change.
    examples:                   # a refused ad, an accepted one, and the pair that differs by one fact
      - name: refused, it shows the problem
        ad: {{creative: {{body: "The words of an ad."}}, markets: [{market}], audience: {{min_age: 18}}}}
        answers: {{{id}/offers: yes, {id}/problem: yes}}
        expect: {{outcome: reject, {market}: cut}}
        why: Say what decides.
      - name: accepted, adults only
        ad: {{creative: {{body: "The words of an ad."}}, markets: [{market}], audience: {{min_age: 18}}}}
        answers: {{{id}/offers: yes, {id}/problem: no}}
        expect: {{outcome: approve, {market}: allowed}}
        why: Say what decides.
      - name: the same to people of 17 too
        ad: {{creative: {{body: "The words of an ad."}}, markets: [{market}], audience: {{min_age: 17}}}}
        answers: {{{id}/offers: yes, {id}/problem: no}}
        expect: {{outcome: approve_limited, "{market} 17-17": cut, "{market} 18+": allowed}}
        why: Say what decides.
    reply:
      en: "Your ad offers {words}. {{fix}}"
    sources: [{{name: House rule}}]
"""

HEAD = """\
schema: modtui/policies/1
catalog: {{id: {id}, version: '1', effective: {today}, title: {title}}}
"""


def used_in(path: Path | None, workspace: Workspace | None) -> tuple[frozenset[str], frozenset[str]]:
    """The policy ids and check keys of the catalog at a path, and of every version the workspace used."""
    ids, keys = ids_and_keys(read_catalog_document(path).trees) if path is not None else (frozenset(), frozenset())
    if workspace is not None:
        with workspace.read() as connection:
            for digest, *_ in list_catalogs(connection):
                stored = find_catalog(connection, digest)
                policies = json.loads(stored.document)["policies"] if stored else ()
                ids |= {policy["id"] for policy in policies}
                keys |= {check.get("key", "") for policy in policies for check in policy["checks"]}
    return ids, keys


def new_entry(policy_id: str, ids: Collection[str], keys: Collection[str], today: str, **given: str) -> str:
    """The text of an entry of `policies` with that id. `given` may name `title`, `family`, `owner` and `market`.

    Raises ModtuiError for an id that cannot be one or was given before.
    """
    if not re.fullmatch(DOTTED, policy_id):
        raise ModtuiError("Not an id", f"'{policy_id}' is not one.", "Ids read like dating.sites: lower case and dots.")
    if policy_id in ids:
        raise ModtuiError("The id is taken", f"'{policy_id}' stands for another policy.", "Ids are never reused.")
    name = policy_id.rpartition(".")[2].replace("-", " ").replace("_", " ")
    first, second = free_keys(policy_id, keys)
    values = {
        "title": policy_id.replace(".", " ").replace("-", " ").replace("_", " ").capitalize(),
        "family": policy_id.partition(".")[0],
        "owner": "policy desk",
        "market": "FR",
        **given,
    }
    review_by = (date.fromisoformat(today) + timedelta(days=DAYS_TO_REVIEW)).isoformat()
    quoted = {key: value if key == "market" else _scalar(value) for key, value in values.items()}
    return ENTRY.format(
        id=policy_id, words=name, cue=_scalar(name), first=first, second=second, review_by=review_by, **quoted
    )


def free_keys(policy_id: str, keys: Collection[str]) -> tuple[str, str]:
    """Two keys that no check has, as near to the id's letters as can be."""
    letters = [letter for letter in policy_id if letter in ascii_lowercase]
    starts = [part[0] for part in re.split(r"[._-]", policy_id) if part[:1].isalpha()]
    wishes = chain(product(starts, starts[1:]), product(starts, letters), product(ascii_lowercase, repeat=2))
    free = dict.fromkeys("".join(pair) for pair in wishes if "".join(pair) not in keys)
    if len(free) < 2:
        raise ModtuiError("No key is free", "Every two letters belong to a check.", "Keys are never given away.")
    first, second, *_ = free
    return first, second


def as_part(entry: str) -> str:
    """The entry as a file of its own in a folder of policy files, which an editor checks as it is filled in."""
    return f"# yaml-language-server: $schema={shipped(SCHEMA_FILE)}\npolicies:\n{entry}"


def add_entry(entry: str, policy_id: str, into: Path, today: str) -> Path:
    """Add the entry to a policy file, to a folder as a file of its own, or begin a catalog; the file written."""
    if into.is_dir():
        path = into / f"{policy_id}.yaml"
        if path.exists():
            raise ModtuiError("File is there already", f"{path} exists.", "Name a file to add to.")
        return _write(path, as_part(entry))
    if into.suffix not in SUFFIXES:
        raise ModtuiError("Not a policy file", f"{into} does not end in .yaml.", "Name a YAML file or a folder.")
    if not into.exists():
        schema, _, rest = as_part(entry).partition("\n")
        head = HEAD.format(id=policy_id.partition(".")[0], today=today, title="A catalog of policies")
        return _write(into, f"{schema}\n{head}{rest}")
    try:
        text = into.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModtuiError("Cannot read the file", f"{into}: {error}.", "Name a policy file in UTF-8.") from error
    return _write(into, with_entry(text, entry, str(into)))


def _write(path: Path, text: str) -> Path:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    with output_file(str(path)) as out:
        out.write(text)
    path.chmod(mode)
    return path


def _scalar(value: str) -> str:
    """A text as YAML writes it on one line: plain where that is safe."""
    plain = re.fullmatch(r"\w[\w .'()-]*", value) and not value.endswith(" ")
    return value if plain and value.casefold() != "null" else json.dumps(value, ensure_ascii=False)
