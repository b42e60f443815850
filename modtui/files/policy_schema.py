"""What may stand in the policy file: the closed keys of its head, policies and briefings, and what reads each."""

from __future__ import annotations

from modtui.domain.catalog_document import SCHEMA
from modtui.files.policy_checks import check
from modtui.files.policy_examples import EXAMPLE, EXAMPLE_REQUIRED
from modtui.files.policy_rows import BASES, CUES, SEVERITIES, plain_name
from modtui.files.policy_values import DOTTED, country, group_name, iso_date, language, reply_text
from modtui.files.tree_reader import Fields, like, line, list_of, map_of, object_of, one_of, text

AXES = ("industry", "content", "technical")

dotted_id = like(DOTTED, "an id like 'alcohol.product': lower case, parts divided by dots")

POLICY: Fields = {
    "id": dotted_id,
    "title": line,
    "family": line,
    "axis": one_of(AXES),
    "severity": one_of(SEVERITIES),
    "basis": one_of(BASES),
    "principle": text,
    "guidance": text,
    "cues": object_of(CUES),
    "on_partial": one_of(("limit", "return")),
    "effective": iso_date,
    "sunset": iso_date,
    "owner": line,
    "review_by": iso_date,
    "checks": list_of(check),
    "examples": list_of(object_of(EXAMPLE, EXAMPLE_REQUIRED)),
    "reply": map_of(language, reply_text),
    "reply_unreviewed": list_of(language),
    "dsa": object_of(
        {
            "category": like(r"STATEMENT_CATEGORY_[A-Z_]+", "a category like STATEMENT_CATEGORY_SCAMS_AND_FRAUD"),
            "keywords": list_of(like(r"KEYWORD_[A-Z_]+", "a keyword like KEYWORD_PHISHING")),
        },
        ("category",),
    ),
    "product_ids": list_of(like(r"[0-9]{1,6}", "a number of the Ad Product Taxonomy")),
    "sources": list_of(object_of({"name": line, "url": like(r"https?://\S+", "a link")}, ("name",))),
}
POLICY_REQUIRED = ("id", "title", "family", "axis", "severity", "principle", "checks")

CATALOG: Fields = {"id": dotted_id, "version": line, "effective": iso_date, "title": line}
CATALOG_REQUIRED = ("id", "version", "title")

HEAD: Fields = {
    "schema": one_of((SCHEMA,)),
    "catalog": object_of(CATALOG, CATALOG_REQUIRED),
    "market_groups": map_of(group_name, list_of(country)),
    "routes": map_of(plain_name, line),
}
LISTS = ("policies", "briefings")
"The keys of a file that are read once the heads of all files are known."
