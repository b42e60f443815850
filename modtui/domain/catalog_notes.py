"""What is to be said of a catalog as a whole, and of which of its entries: places in files are found later."""

from __future__ import annotations

from msgspec import Struct


class Spot(Struct, frozen=True):
    """An entry of the catalog, as narrow as it is named."""

    policy_id: str
    check_id: str = ""
    market: str = ""
    "The key of a row, `*` for the check's own."
    row: int = 0
    "Which row of the market, from 0."
    key: str = ""
    "The key of the policy, check or row that is meant."


class Note(Struct, frozen=True):
    """One thing to say. A mistake says that some rule can do nothing; a doubt, that somebody should look."""

    spot: Spot
    message: str
    is_mistake: bool = False
