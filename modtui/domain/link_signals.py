"""What is odd about the links of an ad: where they truly lead, and how they hide it. UTS 39 and UTR 36."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from modtui.domain.brands import looks_like_brand, misplaced_brands
from modtui.domain.links import Link, is_hosted, links_in, parsed
from modtui.domain.signals import Signal

MOST_HOPS: Final = 2
"Redirects that measuring takes; more hide something."

_SHORTENERS_WORDS = """
adf.ly amzn.to b.link bit.do bit.ly bitly.com bl.ink buff.ly clck.ru clk.im cutt.ly dlvr.it fb.me flip.it gg.gg
goo.gl goo.su hubs.ly ift.tt is.gd j.mp kutt.it lnkd.in mcaf.ee ow.ly pxlme.me qr.ae rb.gy rebrand.ly rotf.lol
s.id shorte.st shorturl.at smarturl.it snip.ly soo.gd surl.li t.co t.ly t2m.io tiny.cc tinyurl.com trib.al u.to
urlz.fr v.gd v.ht vk.cc wp.me x.co zpr.io
"""
SHORTENERS: Final = frozenset(_SHORTENERS_WORDS.split())
_SCRIPTED: Final = ("javascript", "data", "vbscript", "file")
_ADDRESS: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|0x[0-9a-f.]+|\d{6,10}|\[[0-9a-f:.]+\]", re.IGNORECASE)
_INNER: Final = re.compile(r"https?(?::|%3a|%253a)(?:/|%2f|%252f){1,2}([\w.-]+)", re.IGNORECASE)
_PUNYCODE: Final = re.compile(r"(?<![\w.-])(?:[\w-]+\.)*xn--[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)
_LOOKS_LIKE_SIGN: Final = frozenset("⁄∕⧸╱․⸳·‚＠﹫։ː︰")
"Characters that look like the slashes, dots and signs of a link and are none."


def link_signals(text: str, component: str) -> Iterator[Signal]:
    """The signals of every link in a text; the address of the page, or of a hop, is a link as a whole."""
    is_address = component == "page.url" or component.startswith("page.chain")
    found = [parsed(text)] if is_address else list(links_in(text))
    for link in found:
        for name, why, plain in _of_link(link):
            yield Signal(name, component, link.start, link.end, why, plain)
    yield from _encoded(text, component)


def chain_signals(hops: Sequence[str], component: str) -> Iterator[Signal]:
    """More redirects than measuring takes."""
    if len(hops) > MOST_HOPS:
        yield Signal("redirects", component, 0, 0, f"{len(hops)} redirects before the page", " → ".join(hops[:6]))


def _of_link(link: Link) -> Iterator[tuple[str, str, str]]:
    odd = list(_oddities(link))
    if odd:
        yield "odd_url", "; ".join(odd), link.host or link.text
    if link.scheme == "http":
        yield "no_https", "what is typed there can be read on the way", link.host
    if link.host.removeprefix("www.") in SHORTENERS and len(link.path) > 1:
        yield "shortener", "where it leads cannot be seen", link.host + link.path
    inner = _INNER.search(link.path)
    if inner and inner[1].casefold() != link.host:
        yield "redirects", "another address inside the link", inner[1].casefold()
    if link.host.isascii():
        for name, where in misplaced_brands(link.host, link.domain, link.path.casefold(), is_hosted(link.domain)):
            yield "brand_place", where, name
        label = link.domain.partition(".")[0]
        for part in dict.fromkeys((label, *label.split("-"))):
            if brand := looks_like_brand(part):
                yield "brand_look", f"the host is {part}, not {brand}", brand


def _oddities(link: Link) -> Iterator[str]:
    if link.scheme in _SCRIPTED:
        yield f"a {link.scheme}: link"
    if link.user:
        yield f"“{link.user[:40]}” is no part of the host"
    if _ADDRESS.fullmatch(link.host):
        yield "a number for a host"
    if link.port and link.port not in ("80", "443"):
        yield f"port {link.port}"
    if "%25" in link.path and re.search(r"%25[0-9a-f]{2}", link.path.partition("?")[0], re.IGNORECASE):
        yield "encoded twice"
    if "%" in link.host or "\\" in link.path[:1]:
        yield "a disguised host"
    if _LOOKS_LIKE_SIGN.intersection(link.host):
        yield "a sign in the host that only looks like a slash or dot"
    if link.host.count(".") > 5:
        yield "a host of many parts"


def imitations(text: str, component: str) -> Iterator[Signal]:
    """Words that are spelled to look like a brand, in ASCII letters and digits alone."""
    for match in re.finditer(r"(?<![\w@./-])[A-Za-z0-9|$!]{5,18}(?![\w@/-])", text):
        word = match[0]
        if (word.isalpha() and not _is_oddly_cased(word)) or not word[0].isalnum():
            continue
        if brand := looks_like_brand(word):
            yield Signal("brand_look", component, match.start(), match.end(), f"spelled to look like {brand}", brand)


def _is_oddly_cased(word: str) -> bool:
    """Whether a capital I stands among small letters, where it reads as an l; or two letters may read as one."""
    return ("I" in word[1:] and not word.isupper()) or "rn" in word or "vv" in word


def _encoded(text: str, component: str) -> Iterator[Signal]:
    """Host names in their ASCII form, which hides the letters they are shown with."""
    if "xn--" in text.casefold():
        for match in _PUNYCODE.finditer(text):
            plain = decoded_host(match[0])
            yield Signal("punycode", component, match.start(), match.end(), "encoded host name", plain)


def decoded_host(host: str) -> str:
    """A host name with its `xn--` labels decoded, those that cannot be as they are."""
    return ".".join(map(_decoded_label, host.split(".")))


def _decoded_label(label: str) -> str:
    if label[:4].casefold() != "xn--":
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label
