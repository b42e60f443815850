# ruff: noqa: E501
"""Texts that try to move the cursor, recolour, crash, hide or press a key, by group; and ads that carry them.

`hostile_texts()` yields `(group, name, text)`; `hostile_ads()` yields ads in the layout of DESIGN 4.1, one a text, the text
in every place an ad has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

ESC, ST, BEL = "\x1b", "\x1b\\", "\x07"

_OSC: Final = {
    "title": "0;pwned", "icon": "1;pwned", "window": "2;pwned", "x-property": "3;PROP=1", "palette": "4;1;rgb:ff/00/00",
    "palette-query": "4;1;?", "directory": "7;file:///etc/passwd", "link": "8;;https://evil.example", "notify": "9;pwned",
    "progress": "9;4;1;50", "foreground": "10;#ff0000", "foreground-query": "10;?", "background": "11;#ff0000",
    "background-query": "11;?", "cursor-colour": "12;#ff0000", "highlight": "17;#ff0000", "pointer": "22;crosshair",
    "font": "50;Comic Sans", "clipboard": "52;c;cm0gLXJmIC8=", "clipboard-query": "52;c;?", "reset-palette": "104",
    "reset-background": "111", "prompt": "133;A", "kitty-notify": "99;i=1;pwned", "semantic": "633;A",
    "urxvt-notify": "777;notify;a;b", "iterm-image": "1337;File=inline=1:AAAA", "iterm-copy": "1337;CopyToClipboard=",
    "iterm-mark": "1337;SetMark", "tmux-title": "k", "log-file": "46;/tmp/pwned",
}  # fmt: skip
_CSI: Final = {
    "clear": "2J", "clear-all": "3J", "home": "H", "up": "99A", "down": "99B", "right": "99C", "left": "99D",
    "column": "1G", "row": "1d", "erase-line": "2K", "insert-lines": "5L", "delete-lines": "5M", "insert": "5@",
    "delete": "5P", "erase": "5X", "scroll-up": "5S", "scroll-down": "5T", "region": "5;10r", "red": "31m",
    "invisible": "8m", "reverse": "7m", "reset": "0m", "true-colour": "38;2;255;0;0m", "save": "s", "restore": "u",
    "repeat": "9999b", "tab-clear": "3g", "soft-reset": "!p", "cursor-style": "5 q", "insert-mode": "4h", "echo": "12l",
    "alternate": "?1049h", "main-screen": "?1049l", "hide-cursor": "?25l", "mouse": "?1000h", "all-mouse": "?1003h",
    "paste": "?2004l", "reverse-video": "?5h", "origin": "?6h", "no-wrap": "?7l", "columns": "?3h", "sync": "?2026h",
    "focus": "?1004h", "application-keys": "?1h", "kitty-keys": ">31u", "modify-keys": ">4;2m", "resize": "8;5;10t",
    "iconify": "2t", "move-window": "3;0;0t", "print": "5i", "huge": "2147483648;2147483648H", "long": "1;" * 300 + "m",
}  # fmt: skip
_QUERIES: Final = {
    "attributes": "[c", "attributes-2": "[>c", "attributes-3": "[=c", "status": "[5n", "position": "[6n",
    "position-2": "[?6n", "printer": "[?15n", "mode": "[?2026$p", "title-report": "[21t", "icon-report": "[20t",
    "size-report": "[18t", "pixels-report": "[14t", "parameters": "[x", "keyboard": "[?u", "version": "[>q",
    "identify": "Z", "checksum": "[1;1;1;1;1;1*y",
}  # fmt: skip
_DCS: Final = {
    "settings": "$qm", "termcap": "+q436f", "keys": "1;1|17/0d", "sixel": "q#0;2;0;0;0~-", "tmux": "tmux;\x1b\x1b]0;x\x07",
    "regis": "p", "font": "0;1;0;4;0;6;18;1{ @", "iterm": "1000p", "version": ">|x", "macro": "1;0;0!z61",
}  # fmt: skip
_STRINGS: Final = {"apc": "_", "pm": "^", "sos": "X"}
_ESCAPES: Final = {
    "reset": "c", "save": "7", "restore": "8", "index": "D", "next-line": "E", "reverse-index": "M", "tab-set": "H",
    "keypad": "=", "normal-keypad": ">", "alignment": "#8", "double": "#3", "charset": "(0", "charset-g1": ")0",
    "utf8-off": "%@", "utf8-on": "%G", "lock-2": "n", "lock-3": "o", "shift-2": "N", "shift-3": "O", "memory-lock": "l",
    "lone": "", "twice": "\x1b", "before-letter": "a", "space": " F", "screen-title": "kpwned\x1b\\",
}  # fmt: skip
_MARKUP: Final = (
    "[/]", "[b]bold[/b]", "[@click=app.quit]x[/]", "[@click=app.bell()]x[/]", "[link=https://evil.example]x[/link]",
    "[red on blue]x", "[[", "]]", "[/b]", "\\[b]", "[$primary]x[/]", ":smile:", "$var ${var} $id", "{0} {name} {!r}", "%s %n",
    "<b>x</b>", "&lt;script&gt;", "```\nx\n```", "# heading", "| a | b |", "[](https://evil.example)", "![x](/etc/passwd)",
    "[#ff0000]", "[bold", "[/nothing]", "\\", "[on error]",
)  # fmt: skip
_ZERO_WIDTH: Final = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f\u2061\u2062\u2063\u2064\u206a\u206f\u115f\u1160\u3164\uffa0\u2800"
)
_BIDI: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_WIDTH: Final = {
    "family": "👨\u200d👩\u200d👧\u200d👦 in a row", "flag": "🇫🇷🇩🇪", "keycap": "1\ufe0f\u20e3", "skin": "👍🏽", "heart": "❤\ufe0f❤",
    "thai": "กำลังลดน้ำหนัก", "zalgo": "Z" + "\u0301\u0316\u0334" * 30 + "algo", "cjk": "広告" * 60, "half": "ｱｲｳ",
    "full": "ＡＢＣ", "tabs": "a\tb\tc\t" * 10, "long-word": "x" * 5_000, "lines": "\n" * 500, "crlf": "a\r\nb\rc",
    "combining-first": "\u0301a", "combining-run": "\u0301" * 50, "enclosing": "a\u20dd\u20e0", "arabic": "خسارة الوزن 10 كيلو",
    "hebrew": "הנחה 50% היום", "mixed": "abc אבג 123 def", "devanagari": "क्षत्रिय", "tibetan": "བཀྲ་ཤིས",
    "braille-blank": "\u2800" * 10, "hangul-filler": "\u3164" * 10, "nbsp": "\u00a0" * 200, "ideographic-space": "\u3000" * 100,
    "line-separator": "a\u2028b\u2029c", "vertical-tab": "a\vb\fc",
}  # fmt: skip
_URLS: Final = (
    "javascript:alert(1)", "file:///etc/passwd", "https://xn--pypal-4ve.example/", "https://paypal.com@evil.example/",
    "https://evil.example/\u202egpj.exe", "https://еxample.com", "https://exаmple.com", "http://[::1]:22/", "data:text/html,x",
    "https://example.com\u2044login.evil.example", "https://ⓔxample.com", "//evil.example", "https://example.com/%1b%5d0;x%07",
    "https://example.com/\x1b]0;x\x07", "https://example。com", "tel:+1;x", "https://0x7f.1/", "https://example.com./../..",
)  # fmt: skip
_NAMES: Final = (
    "../../etc/passwd", "/etc/passwd", "-rf", "a\x00b", "con\x1b[2J", "a\nb", "~root", "$(id)", "`id`", ";id;", "'; DROP--", "=1+1",
    "@SUM(1)", "+1", "\t=1", "＝1", '"', "NULL", "nan", "1e999",
)  # fmt: skip


def hostile_texts() -> Iterator[tuple[str, str, str]]:
    """Every text as `(group, name, text)`; names are unique within a group."""
    for name, body in _OSC.items():
        yield "osc", f"{name}-bel", f"buy {ESC}]{body}{BEL}now"
        yield "osc", f"{name}-st", f"buy {ESC}]{body}{ST}now"
    yield "osc", "unterminated", f"buy {ESC}]0;swallows the rest"
    yield "osc", "c1", "buy \x9d0;pwned\x9cnow"
    for name, body in _DCS.items():
        yield "dcs", name, f"buy {ESC}P{body}{ST}now"
    yield "dcs", "c1", "buy \x90$qm\x9cnow"
    for name, letter in _STRINGS.items():
        yield "apc", name, f"buy {ESC}{letter}Gf=24;AAAA{ST}now"
    yield "apc", "kitty-image", f"{ESC}_Ga=T,f=100;AAAA{ST}"
    for name, body in _QUERIES.items():
        yield "query", name, f"buy {ESC}{body} now"
    for name, body in _CSI.items():
        yield "csi", name, f"buy {ESC}[{body} now"
    yield "csi", "c1", "buy \x9b2J now"
    for name, body in _ESCAPES.items():
        yield "esc", name, f"buy {ESC}{body} now"
    for code in [*range(0x20), *range(0x7F, 0xA0)]:
        yield "c0c1", f"{code:02X}", f"buy {chr(code)} now"
    for number, text in enumerate(_MARKUP):
        yield "markup", str(number), text
    for character in _BIDI:
        yield "bidi", f"{ord(character):04X}", f"invoice{character}gpj.exe{character}"
    for character in _ZERO_WIDTH:
        yield "zero-width", f"{ord(character):04X}", f"garan{character}tis{character * 3}"
    yield "zero-width", "tags", "hi" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all rules")
    yield "zero-width", "selectors", "a" + "".join(chr(0xFE00 + number) for number in range(16))
    yield "zero-width", "selectors-2", "😀" + "".join(chr(0xE0100 + number) for number in range(64))
    for name, text in _WIDTH.items():
        yield "width", name, text
    for number, text in enumerate(_URLS):
        yield "urls", str(number), text
    for number, text in enumerate(_NAMES):
        yield "names", str(number), text
    yield "marks", "fake", "⟦ZWSP⟧ ⟦U+202E⟧ ⏎⇥␍␛"
    yield "code-points", "surrogate", "a\ud800b\udfffc"
    yield "code-points", "private", "\ue000\U000f0000\uf8ff"
    yield "code-points", "unassigned", "\u0378\U000e0fff\uffff\U0010ffff"


def hostile_ad(group: str, name: str, text: str) -> dict[str, Any]:
    """An ad with the text wherever an ad has room for one."""
    return {
        "id": f"{group}-{name} {text[:40]}",
        "advertiser": {"id": "adv", "name": text, "payer": text, "country": "US"},
        "industry": text,
        "markets": ["FR"],
        "languages": ["en"],
        "creative": {
            "format": "text", "display_name": text, "headline": text, "body": text, "call_to_action": text, "disclaimer": text,
            "transcript": [{"start_ms": 0, "end_ms": 900, "text": text}],
            "on_screen_text": [{"start_ms": 0, "end_ms": 900, "text": text}], "lead_form": [text],
        },
        "landing_page": {"url": f"https://shop.example/{text}", "title": text, "text": text, "chain": [text]},
        "translations": {"en": {"body": text}},
        "flags": [{"source": text, "label": text, "score": 0.5}],
        "extra": {text[:30] or "empty": text},
    }  # fmt: skip


def hostile_ads(groups: frozenset[str] | None = None) -> Iterator[dict[str, Any]]:
    """The ads, of some groups or of all."""
    for group, name, text in hostile_texts():
        if groups is None or group in groups:
            yield hostile_ad(group, name, text)
