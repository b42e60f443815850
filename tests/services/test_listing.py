"""Lists of ads: rows by number, filters as people write them, slices by name, and reviewing along a list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.events import STATES
from modtui.errors import ModtuiError
from modtui.services.listing import PAGE_ROWS, PAGES_KEPT, Listing, find_ads, place_words, read_place
from modtui.services.slices_saved import (
    MARKS,
    OUTCOMES,
    Filter,
    find_slice,
    forget_slice,
    read_filter,
    save_slice,
    saved_slices,
)
from tests.services.shift import Shift, plain_ad, shift_at


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        yield made


def ids(listing: Listing) -> list[str]:
    while listing.grow():
        pass
    return [ad.ad_id for row in range(listing.count) if (ad := listing.row(row)) is not None]


MANY = [plain_ad(f"ad-{n:04}", markets=["FR"] if n % 3 else ["SA", "DE"]) for n in range(PAGE_ROWS * 3 + 5)]


def test_rows_are_read_by_pages_from_any_place(shift: Shift) -> None:
    shift.bring("first", MANY)
    listing = shift.bench().listing("first")
    assert listing.count == len(MANY)
    last = listing.row(len(MANY) - 1)
    assert last is not None and last.ad_id == MANY[-1]["id"]
    assert listing.row(len(MANY)) is None and listing.row(-1) is None
    assert ids(listing) == [ad["id"] for ad in MANY]
    assert len(listing._pages) <= PAGES_KEPT


def test_opening_a_list_reads_no_ad_and_a_row_reads_one_page(shift: Shift) -> None:
    shift.bring("first", MANY)
    statements: list[str] = []
    with shift.workspace.read() as connection:
        connection.set_trace_callback(statements.append)
        listing = shift.bench().listing("first")
        assert not [each for each in statements if "queue_items" in each or "payload" in each]
        listing.row(PAGE_ROWS * 2)
        listing.row(PAGE_ROWS * 2 + 1)
        connection.set_trace_callback(None)
    assert len([each for each in statements if "queue_items" in each]) == 1


def test_all_queues_are_one_list(shift: Shift) -> None:
    shift.bring("first", [plain_ad("a"), plain_ad("b")])
    shift.bring("second", [plain_ad("c")])
    listing = shift.bench().listing()
    assert ids(listing) == ["a", "b", "c"]
    row = listing.row(2)
    assert row is not None and (row.queue, listing.row_of(row.queue_no, row.n)) == ("second", 2)


def test_a_filter_narrows_by_market_group_state_and_words(shift: Shift) -> None:
    shift.bring("first", MANY)
    shift.decide(shift.bench().session("first"), 2)
    bench = shift.bench()
    in_gulf = [ad["id"] for ad in MANY if "SA" in ad["markets"]]
    assert ids(bench.listing("first", read_filter("market:GCC"))) == in_gulf
    assert ids(bench.listing("first", read_filter("state:decided"))) == ["ad-0000", "ad-0001"]
    assert ids(bench.listing("first", read_filter("outcome:approve market:sa"))) == ["ad-0000"]
    assert ids(bench.listing(None, read_filter("ad-0007 bread"))) == ["ad-0007"]
    assert ids(bench.listing("first", read_filter("advertiser:Bakery state:decided"))) == ["ad-0000", "ad-0001"]
    assert ids(bench.listing("first", read_filter("advertiser:Other"))) == []


def test_a_list_takes_in_what_is_imported_while_it_is_open(shift: Shift) -> None:
    shift.bring("first", [plain_ad("a")])
    whole, found = shift.bench().listing("first"), shift.bench().listing("first", read_filter("bread"))
    assert (ids(whole), ids(found)) == (["a"], ["a"])
    assert not whole.refresh() and not found.refresh()
    shift.bring("first", [plain_ad("a"), plain_ad("b")])
    assert whole.refresh() and found.refresh()
    assert (ids(whole), ids(found)) == (["a", "b"], ["a", "b"])


def test_a_list_says_when_the_index_is_not_complete(shift: Shift) -> None:
    shift.bring("first", [plain_ad("a"), plain_ad("b")], indexed=False)
    index = shift.bench().listing("first").index
    assert (index.indexed, index.ads, index.is_complete) == (0, 2, False)


def test_pages_from_the_shell_follow_each_other(shift: Shift) -> None:
    shift.bring("first", MANY)
    shift.bring("second", [plain_ad("other")])
    for words in ("", "bread", "market:SA", "bread market:DE"):
        filter_ = read_filter(words)
        found: list[str] = []
        after = None
        while page := find_ads(shift.workspace, filter_, after=after, limit=50):
            found += [ad.ad_id for ad in page]
            after = read_place(place_words(page[-1]))
        expected = [ad["id"] for ad in MANY if "market" not in words or "SA" in ad["markets"]]
        assert found == (expected if "market" in words else [*expected, "other"])


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "1.x", "-1.2", "1.2.3", "١.٢", "1." + "9" * 40])
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_place(text) is None


# Filters as people write them ---

_word = st.text(st.characters(blacklist_characters='":', whitelist_categories=("L", "N")), min_size=1, max_size=8)
_name = st.text(st.characters(blacklist_categories=("C", "Z"), whitelist_characters=' "'), min_size=1).map(
    lambda text: " ".join(text.split())
)
_filters = st.builds(
    Filter,
    words=st.lists(_word, max_size=3).map(" ".join),
    states=st.lists(st.sampled_from(STATES), unique=True, max_size=3).map(tuple),
    outcomes=st.lists(st.sampled_from(OUTCOMES), unique=True, max_size=2).map(tuple),
    markets=st.lists(st.sampled_from(["FR", "SA", "EEA", "US-NY"]), unique=True, max_size=3).map(tuple),
    advertiser=_name | st.just(""),
    industry=st.sampled_from(["", "food", "food.alcohol"]),
    marks=st.lists(st.sampled_from(MARKS), unique=True, max_size=2).map(tuple),
)


@given(_filters)
def test_a_filter_reads_back_as_it_is_written(filter_: Filter) -> None:
    assert read_filter(str(filter_)) == filter_


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_says_why_not(text: str) -> None:
    try:
        found = read_filter(text)
    except ModtuiError as error:
        assert error.message and error.hint
    else:
        assert read_filter(str(found)) == found


def test_a_wrong_value_names_the_nearest() -> None:
    with pytest.raises(ModtuiError) as caught:
        read_filter("state:escalatd")
    assert "state:escalated" in caught.value.hint


def test_links_and_times_are_words_not_filters() -> None:
    assert read_filter("https://a.example/ 12:30").words == "https://a.example/ 12:30"


def test_slices_are_kept_found_and_forgotten(shift: Shift) -> None:
    save_slice(shift.workspace, "  fr  new ", "first", read_filter("market:FR state:new"))
    save_slice(shift.workspace, "words", None, read_filter('"lose weight"'))
    assert [(each.name, each.queue, str(each.filter)) for each in saved_slices(shift.workspace)] == [
        ("fr new", "first", "state:new market:FR"),
        ("words", None, '"lose weight"'),
    ]
    save_slice(shift.workspace, "words", None, read_filter("other"))
    found = find_slice(shift.workspace, "words")
    assert found is not None and found.filter.words == "other"
    forget_slice(shift.workspace, "words")
    assert find_slice(shift.workspace, "words") is None
    for name in ("", " ", "x" * 81, "a\x1b[2J"):
        with pytest.raises(ModtuiError):
            save_slice(shift.workspace, name, None, Filter())


# Reviewing along a list ---


def walk(shift: Shift, row: int, *steps: str, words: str = "") -> list[str]:
    """Open a row, take steps, and say which ads were on the desk."""
    bench = shift.bench()
    listing = bench.listing("first", read_filter(words))
    ids(listing)
    session = bench.list_session(listing, row)

    async def go() -> list[str]:
        await session.start()
        seen = []
        for step in ("", *steps):
            if step:
                await getattr(session, step)()
            seen.append(session.current.item.ad_id if session.current else "-")
        await session.close()
        return seen

    return asyncio.run(go())


def test_next_and_previous_go_along_the_list(shift: Shift) -> None:
    shift.bring("first", [plain_ad(name) for name in "abcdef"])
    assert walk(shift, 2, "next_ad", "next_ad", "previous_ad", "previous_ad", "previous_ad") == list("cdedcb")
    assert walk(shift, 5, "next_ad") == ["f", "f"]
    assert walk(shift, 0, "previous_ad") == ["a", "a"]


def test_deciding_goes_on_along_the_list_and_undo_comes_back(shift: Shift) -> None:
    shift.bring("first", [plain_ad(name) for name in "abcdef"])
    assert walk(shift, 1, "decide", "decide", "undo", "decide", "decide") == list("bcdcde")
    assert walk(shift, 0, "next_ad", words="state:decided") == ["b", "c"]


def test_every_ad_is_given_back_at_the_end(shift: Shift) -> None:
    shift.bring("first", [plain_ad(name) for name in "abcd"])
    walk(shift, 0, "next_ad", "next_ad", "previous_ad", "decide")
    (queue,) = shift.bench().overview().queues
    assert queue.counts.in_review == 0


def test_an_ad_of_another_session_is_refused_or_passed_over(shift: Shift) -> None:
    shift.bring("first", [plain_ad(name) for name in "abcd"])
    other = shift.bench("bo").session("first")

    async def with_other() -> list[str]:
        await other.start()  # has a and b
        listing = shift.bench().listing("first")
        with pytest.raises(ModtuiError, match="taken"):
            await shift.bench().list_session(listing, 0).start()
        session = shift.bench().list_session(listing, 2)
        await session.start()
        change = await session.previous_ad()
        await session.close()
        await other.close()
        return [change.words]

    assert asyncio.run(with_other()) == ["this is the first ad of the list"]
