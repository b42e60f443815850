"""What a lead puts before the team, and where: a catalog, queues with their ads. The same for every kind of remote."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

BATCH_ADS = 500
"Handed to a board at a time."


class PublishedCatalog(Struct, frozen=True):
    """A catalog that the team works by, or worked by once."""

    hash: str
    id: str
    version: str
    document: str
    published_at: str
    "By the clock of the remote; empty where it has none."
    published_by: str


class WorkAd(Struct, frozen=True):
    """An ad to be handed out, with what decides to whom."""

    source: str
    ad_id: str
    content_hash: str
    payload: str
    order_key: int
    place: int = 0
    "In the lead's queue: what comes first of equally urgent ads."
    markets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    "Policy families that are lit for it."
    skills: tuple[str, ...] = ()
    is_double: bool = False
    "Reviewed by two, each blind to the other."


class PublishedCounts(Struct, frozen=True):
    """What a batch of ads changed."""

    new: int = 0
    new_versions: int = 0
    unchanged: int = 0

    def __add__(self, other: PublishedCounts) -> PublishedCounts:
        return PublishedCounts(
            self.new + other.new, self.new_versions + other.new_versions, self.unchanged + other.unchanged
        )


class Board(Protocol):
    """Where a lead publishes and a workspace looks. Every call may be repeated."""

    @property
    def hands_out(self) -> bool:
        """Whether it gives each ad to one reviewer, or to two who are blind to each other; else all get all."""

    def newest_hash(self) -> str | None:
        """The hash of the catalog that was published last."""

    def newest_catalog(self) -> PublishedCatalog | None: ...

    def publish_catalog(self, digest: str, catalog_id: str, version: str, document: str, by: str) -> bool:
        """Make a catalog the team's newest; whether it is new there."""

    def publish_queue(self, name: str, settings: Mapping[str, Any], by: str) -> None:
        """Make a queue, or give it other settings."""

    def publish_ads(self, queue: str, ads: Sequence[WorkAd]) -> PublishedCounts:
        """Put at most BATCH_ADS ads into a queue that was published: what is new or has changed goes out."""


def item_key(queue: str, source: str, ad_id: str) -> str:
    """The name of an ad in a queue: the same for whoever publishes it, and whenever."""
    return hashlib.sha256("\0".join((queue, source, ad_id)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
