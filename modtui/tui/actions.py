"""Every action a key can start: the one list from which bindings, footer, help, palette and docs/keys.md derive."""

from __future__ import annotations

from msgspec import Struct

ANYWHERE, REVIEW, HOME, LIST, POLICIES, VIEWER = "anywhere", "review", "home", "list", "policies", "viewer"
TWINS, ADVERTISER, PAGE_VIEW, CONFLICT = "twins", "advertiser", "page", "conflict"
FEEDBACK, PRACTICE, PACK = "feedback", "practice", "pack"
CONTEXTS = {
    REVIEW: "Review", VIEWER: "Pictures and videos", TWINS: "Twins", ADVERTISER: "Advertiser card",
    PAGE_VIEW: "Ad and page", CONFLICT: "Conflicts", HOME: "Home", LIST: "List", POLICIES: "Policies",
    FEEDBACK: "Feedback in practice", PRACTICE: "Practice", PACK: "Building a pack", ANYWHERE: "Anywhere",
}  # fmt: skip
"Where keys hold, in the order they are listed, and what it is called. A key of `anywhere` is taken in every other one."


class Action(Struct, frozen=True):
    """One thing a key does. Keys are written as typed (`a`, `/`, `N`), or named (`enter`, `space`, `ctrl+q`)."""

    id: str
    keys: tuple[str, ...]
    words: str
    "One or two words for the footer."
    help: str
    "One sentence for the help and the palette."
    context: str = REVIEW
    group: str = ""
    decides: bool = False
    "Whether the key itself writes a decision, so that stray input must not start it; a choice it opens does so itself."
    hint: int = 0
    "Its place in the footer, from 1; 0 is not in the footer."

    @property
    def method(self) -> str:
        """The name of the method a screen does it with."""
        return f"do_{self.id.replace('-', '_')}"


GROUPS = _DECIDE, _ANSWER, _MOVE, _LOOK, _GO = "Decide", "Answer", "Move", "Look closer", "Go"

ACCEPT = Action("accept", ("enter",), "accept", "Accept the outcome shown at the ⏎ sign.", REVIEW, _DECIDE, True, 1)
APPROVE = Action(
    "approve", ("a",), "approve", "Approve; over the derivation it asks for a reason.", REVIEW, _DECIDE, True, 2
)
REJECT = Action("reject", ("r",), "reject", "Reject; picks a check when none is ticked.", REVIEW, _DECIDE, True, 3)
CELLS = Action(
    "edit-cells", ("m",), "cells", "Edit markets and ages against the derivation, with a reason.", REVIEW, _DECIDE
)
DOCUMENT = Action("ask-document", ("d",), "document", "Ask the advertiser for a document.", REVIEW, _DECIDE)
ESCALATE = Action("escalate", ("e",), "escalate", "Escalate by a route, with a question.", REVIEW, _DECIDE, hint=4)
HOLD = Action("hold", ("h",), "hold", "Keep the ad as mine for later, with a reason.", REVIEW, _DECIDE)
SKIP = Action("skip", ("s",), "skip", "Give the ad back to the queue, with a reason.", REVIEW, _DECIDE)
UNDO = Action("undo", ("u",), "undo", "Take back my newest standing decision.", REVIEW, _DECIDE, hint=5)
REDO = Action("redo", ("U",), "redo", "Decide again what was just taken back.", REVIEW, _DECIDE, True)

DIGITS = tuple(
    Action(f"digit-{digit}", (str(digit),), "yes", f"Answer yes to check {digit}; again: open.", REVIEW, _ANSWER)
    for digit in range(1, 10)
)
LETTERS = Action("letters", ("space",), "letters", "Then two letters: answer yes to any check.", REVIEW, _ANSWER)
DOWN = Action("next-check", ("j", "down"), "down", "Move to the next check.", REVIEW, _MOVE)
UP = Action("previous-check", ("k", "up"), "up", "Move to the check before.", REVIEW, _MOVE)
YES = Action("yes", ("y",), "yes", "Answer yes to the check under the cursor.", REVIEW, _ANSWER)
NO = Action("no", ("n",), "no", "Answer no to the check under the cursor; again: open.", REVIEW, _ANSWER)
UNSURE = Action("unsure", ("o",), "unsure", "Answer unsure to the check under the cursor.", REVIEW, _ANSWER)
CLEAR_LIT = Action("no-to-lit", ("N",), "no to lit", "Answer no to every lit check that is open.", REVIEW, _ANSWER)
REPEAT = Action("repeat", (".",), "repeat", "Fill in the answers of the last ad decided.", REVIEW, _ANSWER)
PRECEDENT = Action(
    "precedent", ("p",), "precedent", "Fill in the answers of the newest decided twin; again: take them back.",
    REVIEW, _ANSWER,
)  # fmt: skip
PREVIOUS = Action(
    "previous-version",
    ("P",),
    "last version",
    "Fill in the answers of the last version where nothing changed.",
    REVIEW,
    _ANSWER,
)
FIND = Action("find-check", ("/",), "find check", "Find any check of the catalog.", REVIEW, _ANSWER)
EVIDENCE = Action("evidence", ("v",), "evidence", "Say where the finding is seen.", REVIEW, _LOOK)
NOTE = Action("note", ("c",), "comment", "Write a comment on the ad.", REVIEW, _LOOK)
WHY = Action(
    "why", ("w",), "why", "Why the ruling says so, what each answer changes, why this check is here.", REVIEW, _LOOK
)
BRIEFINGS = Action("briefings", ("b",), "briefings", "Read the briefings, unread ones first.", ANYWHERE, _LOOK)
REPORT = Action("report-clause", ("X",), "report", "Report a clause as unclear, missing or wrong.", REVIEW, _LOOK)
PUT_OFF = Action(
    "put-off-catalog", (), "put off", "Put off another version of the catalog that only rewords.", REVIEW, _LOOK
)
TRANSLATION = Action("translation", ("t",), "translation", "Show or hide the translation.", REVIEW, _LOOK)
PICTURE = Action("picture", ("i",), "picture", "Look at the picture or video.", REVIEW, _LOOK)
REVEAL = Action("reveal", ("z",), "clearer", "Show media and masked text one step more clearly.", REVIEW, _LOOK)
TWIN = Action(
    "twins", ("T",), "twins", "Set the near-identical ads beside this one, differences marked.", REVIEW, _LOOK
)
CARD = Action(
    "advertiser", ("A",), "advertiser", "Open the advertiser's card: decisions, notes, what is shared.", REVIEW, _LOOK
)
PAGE = Action("page", ("l",), "page", "Open the text of the landing page.", REVIEW, _LOOK)
PAGE_BESIDE = Action(
    "page-beside", ("L",), "ad and page", "Set what the ad says beside its captured page.", REVIEW, _LOOK
)
SIGNALS = Action(
    "signals", ("H",), "signals", "List what the ad hides or claims, and which checks it points to.", REVIEW, _LOOK
)
PANE = Action("pane", ("tab",), "panes", "Move between ad and checks; the pane in hand gets the room.", REVIEW, _MOVE)
BACK_PANE = Action("normal", ("escape",), "back", "Back to both panes.", REVIEW, _MOVE)
SCROLL_DOWN = Action("scroll-down", ("pagedown", "J"), "scroll", "Scroll the ad down.", REVIEW, _MOVE)
SCROLL_UP = Action("scroll-up", ("pageup", "K"), "scroll up", "Scroll the ad up.", REVIEW, _MOVE)
NEXT_AD = Action("next-ad", ("]",), "next ad", "Look at the next ad; this one keeps its answers.", REVIEW, _GO)
PREVIOUS_AD = Action("previous-ad", ("[",), "ad before", "Look at the ad before.", REVIEW, _GO)
GO = Action("go", ("g",), "go", "Go places: home, list, next and previous ad.", ANYWHERE, _GO)
BROWSE = Action(
    "policies", ("B",), "policies", "Open the policies, from a check at its own; again: back.", ANYWHERE, _GO
)
CONFLICTS = Action(
    "conflicts", ("S",), "conflicts", "Settle decisions that stand against each other; again: back.", ANYWHERE, _GO
)
PALETTE = Action("palette", (":",), "palette", "Find an action by its name.", ANYWHERE, _GO)
HELP = Action("help", ("?",), "keys", "Show every key.", ANYWHERE, _GO, hint=6)
KEY_TEST = Action("key-test", (), "test keys", "Show what this terminal sends for a key.", ANYWHERE, _GO)
THEME = Action("theme", (), "theme", "Change the colours.", ANYWHERE, _GO)
QUIT = Action("quit", ("ctrl+q", "q"), "quit", "Leave; the draft and the place are kept.", ANYWHERE, _GO)

HOME_OPEN = Action(
    "home-open", ("enter",), "open", "Review the queue or route, open the ad, read the answer.", HOME, _GO, hint=1
)
HOME_LIST = Action("home-list", ("/",), "list", "List the ads of the queue under the cursor.", HOME, _GO, hint=2)
HOME_DOWN = Action("home-down", ("j", "down"), "down", "Move down.", HOME, _MOVE)
HOME_UP = Action("home-up", ("k", "up"), "up", "Move up.", HOME, _MOVE)
HOME_FIRST = Action("home-first", ("home", "pageup"), "first", "Go to the first line.", HOME, _MOVE)
HOME_LAST = Action("home-last", ("end", "pagedown"), "last", "Go to the last line.", HOME, _MOVE)
HOME_REVEAL = Action("home-reveal", ("z",), "clearer", "Show masked titles one step more clearly.", HOME, _LOOK)
HOME_REFRESH = Action("home-refresh", ("f5",), "refresh", "Read everything anew.", HOME, _LOOK)

LIST_OPEN = Action("list-open", ("enter",), "open", "Open the ad on the review screen.", LIST, _GO, hint=1)
LIST_SEARCH = Action(
    "list-search", ("/",), "search", "Search words, or write a filter such as state:new market:FR.", LIST, _LOOK, hint=2
)
LIST_FILTER = Action(
    "list-filter", ("f",), "filter", "Filter by state, outcome, market, advertiser, industry.", LIST, _LOOK, hint=3
)
LIST_SLICES = Action("list-slices", ("F",), "slices", "Take, keep or forget a named filter.", LIST, _LOOK, hint=4)
LIST_REVIEW = Action("list-review", ("R",), "review these", "Review what is listed as a queue.", LIST, _GO, hint=5)
LIST_DOWN = Action("list-down", ("j", "down"), "down", "Move to the next ad.", LIST, _MOVE)
LIST_UP = Action("list-up", ("k", "up"), "up", "Move to the ad before.", LIST, _MOVE)
LIST_PAGE_DOWN = Action("list-page-down", ("pagedown", "J"), "page", "Move a page down.", LIST, _MOVE)
LIST_PAGE_UP = Action("list-page-up", ("pageup", "K"), "page up", "Move a page up.", LIST, _MOVE)
LIST_FIRST = Action("list-first", ("home",), "first", "Go to the first ad.", LIST, _MOVE)
LIST_LAST = Action("list-last", ("end",), "last", "Go to the last ad.", LIST, _MOVE)
LIST_BACK = Action("list-back", ("escape",), "back", "Show all ads again; without a filter, go home.", LIST, _GO)
LIST_REVEAL = Action("list-reveal", ("z",), "clearer", "Show masked titles one step more clearly.", LIST, _LOOK)
LIST_REFRESH = Action("list-refresh", ("f5",), "refresh", "Read the list anew.", LIST, _LOOK)

POLICIES_SEARCH = Action(
    "policies-search", ("/",), "search", "Search titles, questions, guidance and examples.", POLICIES, _LOOK, hint=1
)
POLICIES_OPEN = Action("policies-open", ("enter",), "open", "Open or close what is under the cursor.", POLICIES, _MOVE)
POLICIES_UNFOLD = Action("policies-unfold", ("right",), "unfold", "Open what is under the cursor.", POLICIES, _MOVE)
POLICIES_FOLD = Action("policies-fold", ("left",), "fold", "Close it, or go to what it is part of.", POLICIES, _MOVE)
POLICIES_LENS = Action(
    "policies-market", ("M",), "market", "Show only the rows of one market.", POLICIES, _LOOK, hint=2
)
POLICIES_CHANGES = Action(
    "policies-changes", ("C",), "changes", "List only what changed since you last worked; again: all.", POLICIES,
    _LOOK, hint=3,
)  # fmt: skip
POLICIES_COPY = Action("policies-copy", ("Y",), "copy", "Show the clause as text for a reply.", POLICIES, _LOOK, hint=4)
POLICIES_REPORT = Action(
    "policies-report", ("X",), "report", "Report a clause as unclear, missing or wrong.", POLICIES, _LOOK
)
POLICIES_DOWN = Action("policies-down", ("j", "down"), "down", "Move down.", POLICIES, _MOVE)
POLICIES_UP = Action("policies-up", ("k", "up"), "up", "Move up.", POLICIES, _MOVE)
POLICIES_PAGE_DOWN = Action("policies-page-down", ("pagedown", "J"), "page", "Scroll the text down.", POLICIES, _MOVE)
POLICIES_PAGE_UP = Action("policies-page-up", ("pageup", "K"), "page up", "Scroll the text up.", POLICIES, _MOVE)
POLICIES_FIRST = Action("policies-first", ("home",), "first", "Go to the first line.", POLICIES, _MOVE)
POLICIES_LAST = Action("policies-last", ("end",), "last", "Go to the last line.", POLICIES, _MOVE)
POLICIES_PANE = Action("policies-pane", ("tab",), "panes", "Give the text the room; again: both.", POLICIES, _MOVE)
POLICIES_BACK = Action(
    "policies-back", ("escape",), "back", "Show all again; with all shown, go back.", POLICIES, _GO, hint=5
)

PICTURE_ZOOM_IN = Action("picture-zoom-in", ("+", "="), "closer", "Zoom in.", VIEWER, _LOOK, hint=1)
PICTURE_ZOOM_OUT = Action("picture-zoom-out", ("-",), "further", "Zoom out.", VIEWER, _LOOK, hint=2)
PICTURE_LEFT = Action("picture-left", ("left",), "left", "Move the view, or the corner of a box, left.", VIEWER, _MOVE)
PICTURE_RIGHT = Action("picture-right", ("right",), "right", "Move it right.", VIEWER, _MOVE)
PICTURE_UP = Action("picture-up", ("up",), "up", "Move it up.", VIEWER, _MOVE)
PICTURE_DOWN = Action("picture-down", ("down",), "down", "Move it down.", VIEWER, _MOVE)
PICTURE_WHOLE = Action(
    "picture-whole", ("home",), "whole", "Show all of it; of a video its first frame.", VIEWER, _MOVE
)
PICTURE_NEXT = Action("picture-next", ("tab",), "next", "Open the next picture or video of the ad.", VIEWER, _MOVE)
PICTURE_PREVIOUS = Action("picture-previous", ("shift+tab",), "before", "Open the one before.", VIEWER, _MOVE)
PICTURE_SCENE = Action("picture-scene", ("j",), "scene", "Go to the next scene of a video.", VIEWER, _MOVE, hint=3)
PICTURE_SCENE_BEFORE = Action("picture-scene-before", ("k",), "scene before", "Go to the scene before.", VIEWER, _MOVE)
PICTURE_FRAME = Action("picture-frame", (">",), "frame", "Step to the next frame of a video.", VIEWER, _MOVE)
PICTURE_FRAME_BEFORE = Action("picture-frame-before", ("<",), "frame before", "Step a frame back.", VIEWER, _MOVE)
PICTURE_PLAY = Action(
    "picture-play", ("space",), "play", "Play the scenes with what is said and written, in time; again: stop.",
    VIEWER, _LOOK,
)  # fmt: skip
PICTURE_REVEAL = Action("picture-reveal", ("z",), "clearer", "Show it one step more clearly.", VIEWER, _LOOK, hint=5)
PICTURE_MARK = Action(
    "picture-mark", ("v", "enter"), "evidence",
    "Mark evidence: a box, corner by corner with the arrows, or a time from here to where it is pressed again.",
    VIEWER, _LOOK, hint=4,
)  # fmt: skip
PAGE_DOWN = Action("page-down", ("j", "down"), "down", "Scroll the pane in hand down.", PAGE_VIEW, _MOVE, hint=1)
PAGE_UP = Action("page-up", ("k", "up"), "up", "Scroll it up.", PAGE_VIEW, _MOVE)
PAGE_FURTHER = Action(
    "page-further", ("pagedown", "J", "space"), "further", "Scroll it a page.", PAGE_VIEW, _MOVE, hint=2
)
PAGE_NEARER = Action("page-nearer", ("pageup", "K"), "nearer", "Scroll it a page back.", PAGE_VIEW, _MOVE)
PAGE_PANE = Action("page-pane", ("tab",), "panes", "Move between the ad and its page.", PAGE_VIEW, _MOVE, hint=3)
PAGE_COPY = Action("page-copy", ("Y",), "copy", "Show the links as text to select.", PAGE_VIEW, _LOOK, hint=4)
PAGE_REVEAL = Action(
    "page-reveal", ("z",), "clearer", "Show texts and picture one step more clearly.", PAGE_VIEW, _LOOK
)
PAGE_BACK = Action("page-back", ("escape", "L"), "back", "Back to the ad.", PAGE_VIEW, _GO, hint=5)

PICTURE_BACK = Action("picture-back", ("escape", "i"), "back", "Back to the ad.", VIEWER, _GO, hint=6)

TWINS_DOWN = Action("twins-down", ("j", "down"), "down", "Go to the next twin.", TWINS, _MOVE, hint=1)
TWINS_UP = Action("twins-up", ("k", "up"), "up", "Go to the twin before.", TWINS, _MOVE)
TWINS_FIRST = Action("twins-first", ("home",), "first", "Go to the first twin.", TWINS, _MOVE)
TWINS_LAST = Action("twins-last", ("end",), "last", "Go to the last twin.", TWINS, _MOVE)
TWINS_SCROLL_DOWN = Action("twins-scroll-down", ("pagedown", "J"), "scroll", "Scroll both ads down.", TWINS, _MOVE)
TWINS_SCROLL_UP = Action("twins-scroll-up", ("pageup", "K"), "scroll up", "Scroll both ads up.", TWINS, _MOVE)
TWINS_PANE = Action("twins-pane", ("tab",), "panes", "Give the ads the room; again: the list too.", TWINS, _MOVE)
TWINS_OPEN = Action("twins-open", ("enter",), "open", "Open the twin on the review screen.", TWINS, _GO, hint=2)
TWINS_GROUP = Action(
    "twins-group", ("D",), "decide all", "Show what this ad's answers make of all twins, to decide them together.",
    TWINS, _DECIDE, hint=3,
)  # fmt: skip
TWINS_REVEAL = Action("twins-reveal", ("z",), "clearer", "Show texts and pictures one step more clearly.", TWINS, _LOOK)
TWINS_BACK = Action("twins-back", ("escape", "T"), "back", "Back to the ad.", TWINS, _GO, hint=4)

CONFLICT_TAKE = Action(
    "conflict-take", ("enter",), "settle so", "Settle in favour of the decision in hand, with a reason.", CONFLICT,
    _DECIDE, hint=1,
)  # fmt: skip
CONFLICT_LEFT = Action("conflict-left", ("left",), "left", "Take the decision at the left in hand.", CONFLICT, _MOVE)
CONFLICT_RIGHT = Action(
    "conflict-right", ("right",), "choose", "Take the decision at the right in hand.", CONFLICT, _MOVE, hint=2
)
CONFLICT_REVIEW = Action(
    "conflict-review", ("R",), "decide", "Open the ad on the review screen, to decide it otherwise.", CONFLICT, _GO,
    hint=3,
)  # fmt: skip
CONFLICT_NEXT = Action("conflict-next", ("]",), "next", "Go to the next conflict.", CONFLICT, _GO, hint=4)
CONFLICT_PREVIOUS = Action("conflict-previous", ("[",), "before", "Go to the conflict before.", CONFLICT, _GO)
CONFLICT_UNDO = Action(
    "conflict-undo", ("u",), "undo", "Take back what was settled here last: it is in conflict again.", CONFLICT, _DECIDE
)
CONFLICT_DOWN = Action("conflict-down", ("j", "down"), "down", "Scroll the decisions together.", CONFLICT, _MOVE)
CONFLICT_UP = Action("conflict-up", ("k", "up"), "up", "Scroll them up.", CONFLICT, _MOVE)
CONFLICT_PAGE_DOWN = Action("conflict-page-down", ("pagedown", "J"), "page", "Scroll a page down.", CONFLICT, _MOVE)
CONFLICT_PAGE_UP = Action("conflict-page-up", ("pageup", "K"), "page up", "Scroll a page up.", CONFLICT, _MOVE)
CONFLICT_PANE = Action(
    "conflict-pane", ("tab",), "panes", "Give the ad the room, to scroll it; again: the decisions.", CONFLICT, _MOVE
)
CONFLICT_REVEAL = Action("conflict-reveal", ("z",), "clearer", "Show texts one step more clearly.", CONFLICT, _LOOK)
CONFLICT_BACK = Action("conflict-back", ("escape",), "back", "Back to where you came from.", CONFLICT, _GO, hint=5)

CARD_DOWN = Action("card-down", ("j", "down"), "down", "Scroll down.", ADVERTISER, _MOVE)
CARD_UP = Action("card-up", ("k", "up"), "up", "Scroll up.", ADVERTISER, _MOVE)
CARD_PAGE_DOWN = Action("card-page-down", ("pagedown", "J"), "page", "A page down.", ADVERTISER, _MOVE)
CARD_PAGE_UP = Action("card-page-up", ("pageup", "K"), "page up", "A page up.", ADVERTISER, _MOVE)
CARD_NOTE = Action(
    "card-note", ("c",), "note", "Write a note that comes up with the advertiser's next ads.", ADVERTISER, _LOOK, hint=1
)
CARD_UNNOTE = Action(
    "card-withdraw", ("x",), "take back", "Take back my newest note on the advertiser.", ADVERTISER, _LOOK, hint=2
)
CARD_REVEAL = Action("card-reveal", ("z",), "clearer", "Show masked titles one step more clearly.", ADVERTISER, _LOOK)
CARD_BACK = Action("card-back", ("escape", "A"), "back", "Back to the ad.", ADVERTISER, _GO, hint=3)

FEEDBACK_NEXT = Action("feedback-next", ("enter", "space"), "next ad", "Go on to the next ad.", FEEDBACK, _GO, hint=1)
FEEDBACK_AGAIN = Action(
    "feedback-again", ("U",), "again", "Answer the ad again; the first answer stays the one that counts.", FEEDBACK,
    _GO, hint=2,
)  # fmt: skip
FEEDBACK_CONTEST = Action(
    "feedback-contest", ("X",), "contest", "Say that the key is wrong, and why; your trainer sees it.", FEEDBACK, _LOOK,
    hint=3,
)  # fmt: skip
FEEDBACK_CARD = Action("feedback-card", ("C",), "report card", "Read your report card.", FEEDBACK, _LOOK, hint=4)
FEEDBACK_DOWN = Action(
    "feedback-down", ("j", "down", "pagedown", "J"), "scroll", "Scroll the feedback down.", FEEDBACK, _MOVE
)
FEEDBACK_UP = Action("feedback-up", ("k", "up", "pageup", "K"), "scroll up", "Scroll it up.", FEEDBACK, _MOVE)

PRACTICE_OPEN = Action(
    "practice-open", ("enter",), "practise", "Practise the pack, or go on in it.", PRACTICE, _GO, hint=1
)
PRACTICE_DRILL = Action("practice-drill", ("D",), "drill", "Drill the clauses that are due.", PRACTICE, _GO, hint=2)
PRACTICE_CARD = Action(
    "practice-card", ("C",), "report card", "Read your report card of the pack.", PRACTICE, _LOOK, hint=3
)
PRACTICE_DOWN = Action("practice-down", ("j", "down"), "down", "Move down.", PRACTICE, _MOVE)
PRACTICE_UP = Action("practice-up", ("k", "up"), "up", "Move up.", PRACTICE, _MOVE)
PRACTICE_BACK = Action("practice-back", ("escape",), "back", "Back to where you came from.", PRACTICE, _GO, hint=4)

PACK_TOGGLE = Action(
    "pack-toggle", ("space",), "in or out", "Put the ad in the pack, or leave it out.", PACK, _LOOK, hint=1
)
PACK_WHY = Action("pack-why", ("w",), "why", "Write why the answer is right.", PACK, _LOOK, hint=2)
PACK_ACCEPT = Action("pack-accept", ("a",), "also right", "Say which other answers are right.", PACK, _LOOK, hint=3)
PACK_BUILD = Action("pack-build", ("enter",), "build", "Write the pack with the ads that are in.", PACK, _GO, hint=4)
PACK_DOWN = Action("pack-down", ("j", "down"), "down", "Move down.", PACK, _MOVE)
PACK_UP = Action("pack-up", ("k", "up"), "up", "Move up.", PACK, _MOVE)
PACK_PAGE_DOWN = Action("pack-page-down", ("pagedown", "J"), "page", "A page down.", PACK, _MOVE)
PACK_PAGE_UP = Action("pack-page-up", ("pageup", "K"), "page up", "A page up.", PACK, _MOVE)

ALL: tuple[Action, ...] = (
    ACCEPT, APPROVE, REJECT, CELLS, DOCUMENT, ESCALATE, HOLD, SKIP, UNDO, REDO,
    *DIGITS, LETTERS, YES, NO, UNSURE, CLEAR_LIT, REPEAT, PRECEDENT, PREVIOUS, FIND,
    EVIDENCE, NOTE, WHY, TWIN, CARD, REPORT, PUT_OFF, TRANSLATION, PICTURE, REVEAL, PAGE,
    PAGE_BESIDE, SIGNALS,
    DOWN, UP, SCROLL_DOWN, SCROLL_UP, PANE, BACK_PANE,
    NEXT_AD, PREVIOUS_AD, GO, BROWSE, CONFLICTS, BRIEFINGS, PALETTE, HELP, KEY_TEST, THEME, QUIT,
    HOME_OPEN, HOME_LIST, HOME_DOWN, HOME_UP, HOME_FIRST, HOME_LAST, HOME_REVEAL, HOME_REFRESH,
    LIST_OPEN, LIST_SEARCH, LIST_FILTER, LIST_SLICES, LIST_REVIEW, LIST_DOWN, LIST_UP, LIST_PAGE_DOWN, LIST_PAGE_UP,
    LIST_FIRST, LIST_LAST, LIST_BACK, LIST_REVEAL, LIST_REFRESH,
    POLICIES_SEARCH, POLICIES_LENS, POLICIES_CHANGES, POLICIES_COPY, POLICIES_REPORT, POLICIES_OPEN, POLICIES_UNFOLD,
    POLICIES_FOLD, POLICIES_DOWN, POLICIES_UP, POLICIES_PAGE_DOWN, POLICIES_PAGE_UP, POLICIES_FIRST, POLICIES_LAST,
    POLICIES_PANE, POLICIES_BACK,
    PICTURE_ZOOM_IN, PICTURE_ZOOM_OUT, PICTURE_LEFT, PICTURE_RIGHT, PICTURE_UP, PICTURE_DOWN, PICTURE_WHOLE,
    PICTURE_NEXT, PICTURE_PREVIOUS, PICTURE_SCENE, PICTURE_SCENE_BEFORE, PICTURE_FRAME, PICTURE_FRAME_BEFORE,
    PICTURE_PLAY, PICTURE_REVEAL, PICTURE_MARK, PICTURE_BACK,
    TWINS_DOWN, TWINS_UP, TWINS_FIRST, TWINS_LAST, TWINS_SCROLL_DOWN, TWINS_SCROLL_UP, TWINS_PANE, TWINS_OPEN,
    TWINS_GROUP, TWINS_REVEAL, TWINS_BACK,
    CONFLICT_TAKE, CONFLICT_LEFT, CONFLICT_RIGHT, CONFLICT_REVIEW, CONFLICT_NEXT, CONFLICT_PREVIOUS, CONFLICT_UNDO,
    CONFLICT_DOWN, CONFLICT_UP, CONFLICT_PAGE_DOWN, CONFLICT_PAGE_UP, CONFLICT_PANE, CONFLICT_REVEAL, CONFLICT_BACK,
    CARD_DOWN, CARD_UP, CARD_PAGE_DOWN, CARD_PAGE_UP, CARD_NOTE, CARD_UNNOTE, CARD_REVEAL, CARD_BACK,
    FEEDBACK_NEXT, FEEDBACK_AGAIN, FEEDBACK_CONTEST, FEEDBACK_CARD, FEEDBACK_DOWN, FEEDBACK_UP,
    PRACTICE_OPEN, PRACTICE_DRILL, PRACTICE_CARD, PRACTICE_DOWN, PRACTICE_UP, PRACTICE_BACK,
    PACK_TOGGLE, PACK_WHY, PACK_ACCEPT, PACK_BUILD, PACK_DOWN, PACK_UP, PACK_PAGE_DOWN, PACK_PAGE_UP,
    PAGE_DOWN, PAGE_UP, PAGE_FURTHER, PAGE_NEARER, PAGE_PANE, PAGE_COPY, PAGE_REVEAL, PAGE_BACK,
)  # fmt: skip
BY_ID = {action.id: action for action in ALL}


def in_context(context: str) -> tuple[Action, ...]:
    """The actions that keys can start in a context, those of `anywhere` last."""
    own = tuple(action for action in ALL if action.context == context)
    return own if context == ANYWHERE else (*own, *(action for action in ALL if action.context == ANYWHERE))
