"""What the ad pane shows of an ad, wrapped once: who and where, texts with their cues, media, page, past decision."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from rich.style import Style

from modtui.domain.ads import Ad
from modtui.domain.cues import Hit
from modtui.domain.plurals import number_of
from modtui.services.reviewing import OnDesk, Previous
from modtui.tui.ad_words import component_words, targeting_words, time_words
from modtui.tui.flow import Line, Span, flow, flow_spans
from modtui.tui.masks import masked
from modtui.tui.media_look import LEAST_ROWS, NO_MEDIA, MediaLook
from modtui.tui.palette import Palette
from modtui.tui.visual_order import Direction, base_direction

PAGE_LINES = 3
"The fewest lines of the page's text in view until it is opened."


class Block(Struct, frozen=True):
    """Lines that belong to one component of the ad; the component is empty for what is only context."""

    component: str
    lines: tuple[Line, ...]
    is_whole: bool = True
    "Whether all of the component is in these lines."
    direction: Direction = "L"
    "Where its text begins: a paragraph keeps it over all its lines."
    pointing: tuple[str, ...] = ()
    "For each line the check that a cue in it points to, by its letters, with a + where there are several; or nothing."
    free: int = 0
    "Lines at its end that are kept free for pictures."


class AdLines(Struct, frozen=True):
    """Lays one ad out for a width."""

    on_desk: OnDesk
    looks: Palette
    width: int
    opened: frozenset[str] = frozenset()
    show_translation: bool = False
    height: int = 0
    "Lines of the pane: the page's text takes what is left of them."
    show_context: bool = True
    "Whether history and flags stand here because there is no third column."
    media: MediaLook = NO_MEDIA
    around: tuple[str, ...] = ()
    "A line each about twins and notes, read after the ad."

    @property
    def ad(self) -> Ad:
        return self.on_desk.desk.case.ad

    def blocks(self) -> list[Block]:
        """The ad from top to bottom."""
        ad = self.ad
        found = [Block("", tuple(self._who_and_where()))]
        if self.on_desk.previous is not None:
            found.append(Block("", tuple(self._previous(self.on_desk.previous))))
        found += self._texts()
        found += self._media(self.height - sum(len(block.lines) for block in found) - len(self.ad.media) * 2 - 10)
        used = sum(len(block.lines) for block in found) + 10
        found += self._page(max(PAGE_LINES, self.height - used))
        if self.show_translation:
            found += self._translations()
        context = list(self._context()) if self.show_context else []
        if context:
            found.append(Block("", ([], *context)))
        if ad.extra:
            found.append(Block("", ([], *self._extra())))
        if self.around and self.show_context:
            found.append(Block("", ([], *self._around())))
        return found

    # Parts ---

    def _who_and_where(self) -> Iterator[Line]:
        ad, looks = self.ad, self.looks
        who = ad.advertiser
        names = [part for part in (who.name or who.id, f"({who.country})" if who.country else "") if part]
        words = " ".join(names) or "advertiser not stated"
        if who.payer and who.payer != who.name:
            words += f" · paid by {who.payer}"
        if who.behalf and who.behalf not in (who.name, who.payer):
            words += f" · for {who.behalf}"
        if who.certificates:
            kinds = ", ".join(f"{each.kind}{f' {each.market}' if each.market else ''}" for each in who.certificates)
            words += f" · on file: {kinds}"
        yield from flow(words, self.width, looks.dim, looks.mark, most=2, lines_of_text="one")
        yield from flow(targeting_words(ad), self.width, looks.dim, looks.mark, most=2)
        if self.on_desk.mark:
            yield from flow(self.on_desk.mark, self.width, looks.lit, looks.mark)
        if self.on_desk.question:
            yield from flow(f"? {self.on_desk.question}", self.width, looks.lit, looks.mark)

    def _previous(self, previous: Previous) -> Iterator[Line]:
        looks = self.looks
        said = f"last version: {previous.words or previous.outcome} · {previous.reviewer} · {previous.decided_at[:10]}"
        yield []
        yield from flow(said, self.width, looks.strong, looks.mark, most=2)
        for fix, is_made in previous.fixes:
            sign = {True: "✓ changed", False: "✗ not changed", None: "? look"}[is_made]
            yield from flow(f"  asked: {fix}  {sign}", self.width, looks.text, looks.mark, most=2)
        for component, before, after in previous.changes:
            was, now = (masked(self.on_desk.desk, "", part).replace("\n", " ") for part in (before, after))
            yield from flow(f"  - {component_words(component)}: {was}", self.width, looks.cut, looks.mark, most=2)
            yield from flow(f"  + {component_words(component)}: {now}", self.width, looks.allowed, looks.mark, most=2)

    def _texts(self) -> Iterator[Block]:
        creative, looks = self.ad.creative, self.looks
        styles = {"headline": looks.strong, "display_name": looks.strong}
        previous = ""
        for component, text in self.ad.texts():
            if component.startswith(("page.", "transcript", "on_screen_text")):
                continue
            lead = {"call_to_action": "[", "disclaimer": "* ", "lead_form": "? "}.get(component.partition(".")[0], "")
            style = looks.dim if component == "disclaimer" else styles.get(component, looks.text)
            lines, pointing = self._text(component, text, style, lead)
            if component == "call_to_action" and lines:
                lines[-1] = [*lines[-1], ("]", style)]
            gap: list[Line] = [[]] if component in ("body", "display_name") or not previous else []
            previous = component
            yield Block(component, (*gap, *lines), True, base_direction(text), ("",) * len(gap) + pointing)
        for name, sign in (("on_screen_text", "▤ "), ("transcript", "♪ ")):
            for index, timed in enumerate(getattr(creative, name)):
                if timed.text:
                    lead = f"{sign}{time_words(timed)} "
                    lines, pointing = self._text(f"{name}.{index}", timed.text, looks.text, lead)
                    yield Block(f"{name}.{index}", tuple(lines), True, base_direction(timed.text), pointing)

    def _text(
        self, component: str, text: str, style: Style, lead: str, most: int = 2_000
    ) -> tuple[list[Line], tuple[str, ...]]:
        """A text of the ad as lines, and what its cues point to, line by line."""
        text, hits = masked(self.on_desk.desk, component, text), self._hits_in(component)
        spans = [(hit.start, hit.end, self.looks.hit) for hit in hits] + self._unnamed(component, hits)
        lines, found = flow_spans(text, self.width - len(lead), style, self.looks.mark, spans, most)
        pointing = tuple(self._letters([hits[number] for number in numbers if number < len(hits)]) for numbers in found)
        blank = " " * len(lead) if lead not in ("[",) else " "
        if lead:
            lines = [[(lead if number == 0 else blank, self.looks.dim), *line] for number, line in enumerate(lines)]
        readings = self._readings(component) if spans else []
        return [*lines, *([(blank, self.looks.dim), *line] for line in readings)], pointing + ("",) * len(readings)

    def _unnamed(self, component: str, hits: list[Hit]) -> list[Span]:
        """The places of disguises that no check of the catalog names."""
        places = {(hit.start, hit.end) for hit in hits}
        return [
            (signal.start, signal.end, self.looks.hit)
            for signal in self.on_desk.desk.found
            if signal.component == component and signal.is_disguise and (signal.start, signal.end) not in places
        ]

    def _readings(self, component: str) -> list[Line]:
        """Disguised words as they are meant to be read."""
        desk = self.on_desk.desk
        if not any(signal.is_disguise and signal.component == component for signal in desk.found):
            return []  # most ads
        from modtui.tui.signal_lines import reading_lines

        text = dict(self.ad.texts()).get(component, "")
        return reading_lines(desk, component, text, self.looks, self.width - 2)

    def _hits_in(self, component: str) -> list[Hit]:
        return [hit for hit in self.on_desk.desk.sheet.hits if hit.component == component and hit.end > hit.start]

    def _letters(self, hits: list[Hit]) -> str:
        """The letters of the check that the first of the cues points to, and whether others point to others."""
        if not hits:
            return ""
        known = self.on_desk.desk.case.catalog.check_by_id
        checks = dict.fromkeys(known[hit.check_id].key for hit in sorted(hits, key=lambda hit: hit.start))
        return next(iter(checks)) + ("+" if len(checks) > 1 else "")

    def _media(self, room: int) -> Iterator[Block]:
        """A line a medium, and below the last one lines for their pictures where there is room."""
        looks = self.looks
        rows = min(self.media.most_rows, room)
        free = rows if rows >= LEAST_ROWS else 0
        for index, media in enumerate(self.ad.media):
            name = f"media.{index}"
            state = "opened" if name in self.opened else "not opened"
            known = self.media.words.get(name, "")
            words = f"▦ {media.kind or 'media'}  {media.path}  {state}" + (f"  {known}" if known else "")
            gap: tuple[Line, ...] = ([],) if index == 0 else ()
            last = free if index == len(self.ad.media) - 1 else 0
            lines = [*gap, *flow(words, self.width, looks.text, looks.mark, most=2), *([] for _ in range(last))]
            yield Block(name, tuple(lines), free=last)

    def _page(self, most: int) -> Iterator[Block]:
        page, looks = self.ad.landing_page, self.looks
        if page.url:
            lines, pointing = self._text("page.url", page.url, looks.link, "→ ", most=2)
            yield Block("page.url", ([], *lines), pointing=("", *pointing))
        for hop in page.chain:
            yield Block("page.chain", tuple(flow(f"  via {hop}", self.width, looks.dim, looks.mark, most=1)))
        if page.text or page.captured_at:
            yield Block("page.title", tuple(self._capture()))
        if page.title:
            lines, pointing = self._text("page.title", page.title, looks.strong, "  ")
            yield Block("page.title", tuple(lines), pointing=pointing)
        if page.text:
            lines, pointing = self._text("page.text", page.text, looks.dim, "  ")
            is_whole = "page" in self.opened or len(lines) <= most + 1
            if not is_whole:
                rest = len(lines) - most
                more = number_of(rest, "more line")
                lines = [*lines[:most], [(f"  … {more} of the page: ", looks.dim), ("l", looks.key)]]
                pointing = pointing[:most]
            yield Block("page", tuple(lines), is_whole, base_direction(page.text), pointing)

    def _capture(self) -> Iterator[Line]:
        """How old the captured page is, and what on it differs from the ad."""
        from modtui.domain.page_differences import captured_words
        from modtui.tui.signal_lines import difference_lines

        desk = self.on_desk.desk
        yield [(f"  {captured_words(self.ad.landing_page.captured_at, desk.case.as_of)}", self.looks.dim)]
        for line in difference_lines(desk, self.looks, self.width - 2):
            yield [("  ", self.looks.dim), *line]

    def said(self) -> list[Block]:
        """What the ad says and writes, as it stands beside its page."""
        return list(self._texts())

    def captured(self) -> list[Block]:
        """All of the captured page."""
        return list(self._page(len(self.ad.landing_page.text or "") + PAGE_LINES))

    def _translations(self) -> Iterator[Block]:
        looks = self.looks
        for language, texts in self.ad.translations.items():
            lines: list[Line] = [[], *flow(f"in {language}:", self.width, looks.title, looks.mark, most=1)]
            for component, text in texts.items():
                lines += self._text("", f"{component_words(component)}: {text}", looks.text, "  ")[0]
            yield Block("", tuple(lines))

    def _context(self) -> Iterator[Line]:
        looks = self.looks
        for flag in self.ad.flags:
            score = "" if flag.score is None else f" {flag.score:.2f}"
            yield from flow(f"⚑ {flag.source}: {flag.label}{score}", self.width, looks.dim, looks.mark, most=1)
        for line in self.on_desk.history:
            yield from flow(f"· {line}", self.width, looks.dim, looks.mark, most=1)

    def _around(self) -> Iterator[Line]:
        """Last of all, because it comes when the ad is on screen already."""
        for line in self.around:
            yield from flow(f"· {line}", self.width, self.looks.dim, self.looks.mark, most=2)

    def _extra(self) -> Iterator[Line]:
        for name, value in self.ad.extra.items():
            text = masked(self.on_desk.desk, "", value if isinstance(value, str) else repr(value))
            yield from flow(f"{name}: {text}", self.width, self.looks.dim, self.looks.mark, most=2)
