"""An ad's parts in the words of the screen: components, places in a text, targeting, times, the title of its pane."""

from __future__ import annotations

from modtui.domain.ads import Ad, TimedText
from modtui.services.reviewing import OnDesk
from modtui.tui.flow import one_line
from modtui.tui.masks import masked

LABELS = {
    "display_name": "name",
    "headline": "headline",
    "body": "text",
    "call_to_action": "button",
    "disclaimer": "small print",
    "on_screen_text": "in picture",
    "transcript": "spoken",
    "lead_form": "form asks",
    "page.title": "page title",
    "page.text": "page",
    "page.url": "page link",
    "page.chain": "redirect",
    "page": "page",
}
"Components in the words of the screen."


def component_words(component: str) -> str:
    """A component as a person would call it."""
    kind, _, number = component.partition(".")
    if kind == "media":
        return f"media {int(number) + 1}" if number.isdigit() else "media"
    return LABELS.get(component) or LABELS.get(component.rpartition(".")[0]) or LABELS.get(kind, kind)


def span_words(start: int | None, end: int | None) -> str:
    return f" {start}-{end}" if start is not None and end is not None and end > start else ""


def targeting_words(ad: Ad) -> str:
    """Markets, languages, ages, dates, placements: in one line, what is missing said as such."""
    ages = ages_words(ad.audience.min_age, ad.audience.max_age)
    parts = [
        " ".join(ad.markets) or "markets not stated",
        " ".join(ad.languages),
        ages,
        ad.audience.gender or "",
        schedule_words(ad.schedule_start, ad.schedule_end),
        ", ".join(ad.audience.placements),
        ad.industry or "industry not stated",
    ]
    return " · ".join(part for part in parts if part)


def ages_words(youngest: int | None, oldest: int | None) -> str:
    if youngest is None and oldest is None:
        return "ages not stated"
    if oldest is None:
        return f"ages {youngest or 0}+"
    return f"age {oldest}" if youngest == oldest else f"ages {youngest or 0}-{oldest}"


def schedule_words(start: str | None, end: str | None) -> str:
    if not start and not end:
        return ""
    return f"{start or '…'} – {end or '…'}"


def time_words(timed: TimedText) -> str:
    if timed.start_ms is None:
        return ""
    seconds = timed.start_ms // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def title_words(on_desk: OnDesk) -> tuple[str, str]:
    """The pane's title and the mark of its version, safe to show."""
    ad = on_desk.desk.case.ad
    title = ad.id if ad.title == ad.id else f"{ad.id} · {masked(on_desk.desk, '', ad.title)}"
    changes = [] if on_desk.previous is None else [component_words(change[0]) for change in on_desk.previous.changes]
    mark = (
        ""
        if on_desk.previous is None
        else " new version" + (f", {' '.join(dict.fromkeys(changes))} changed" if changes else "")
    )
    return one_line(title), one_line(mark)
