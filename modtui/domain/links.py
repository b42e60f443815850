"""Links as they stand in a text: found, and taken apart into scheme, user, host, port and path. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

_LINK: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,14}:/{1,2}|(?:javascript|data|vbscript):|www\.)[^\s<>\"”»]+"
    r"|(?<![\w@.-])(?:[^\W_](?:[\w-]*\w)?\.)+[a-z]{2,24}(?![\w@])(?:[:/?#][^\s<>\"”»]*)?",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[^\s<>\"”»]{4,}")
_OTHER_DOT: Final = re.compile("[。．｡]")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):(//?)?", re.IGNORECASE)
_BARE_SCHEMES: Final = ("javascript", "data", "vbscript", "tel", "mailto", "sms", "whatsapp", "tg")
_DOTS: Final = str.maketrans("。．｡", "...")
_SECOND_LEVEL_WORDS = """
ac asso biz co com edu firm gen go gob gouv gov gub id in info ltd me mil mobi ne net nom or org plc web
"""
_SECOND_LEVEL: Final = frozenset(_SECOND_LEVEL_WORDS.split())
"Labels under which a country registers names: the domain then has three labels."
_HOSTING_WORDS = """
appspot.com azurewebsites.net blogspot.com cloudfront.net firebaseapp.com github.io gitlab.io glitch.me
herokuapp.com myshopify.com netlify.app ngrok.io onrender.com pages.dev repl.co s3.amazonaws.com
sites.google.com square.site surge.sh vercel.app web.app webflow.io weebly.com wixsite.com wordpress.com
workers.dev 000webhostapp.com
"""
_HOSTING: Final = frozenset(_HOSTING_WORDS.split())
"Hosts that hand out names to anybody: the domain is the label before."
_ENDINGS_WORDS = """
com net org info biz io co app dev me tv cc ly gl gd to shop store online site xyz top club live vip click link
icu buzz page website space fun pro life world today news blog cloud digital agency email group example test
"""
_ENDINGS: Final = frozenset(_ENDINGS_WORDS.split())
"Endings that make a bare name such as `paypal.com` a link; any other must be a country's, or carry a path."


class Link(Struct, frozen=True):
    """A link taken apart. Parts that are not there are empty."""

    text: str
    start: int
    "Code points in the text it stands in."
    scheme: str = ""
    user: str = ""
    host: str = ""
    "Lower case, with its dots plain; as it is written otherwise."
    port: str = ""
    path: str = ""
    "Everything after the host."

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def domain(self) -> str:
        """The registrable part of the host, as far as it can be told without a list of suffixes."""
        return domain_of(self.host)

    @property
    def subdomain(self) -> str:
        domain = self.domain
        return self.host[: -len(domain)].rstrip(".") if domain and self.host.endswith(domain) else ""


def links_in(text: str) -> Iterator[Link]:
    """The links of a text, in order."""
    for token in _TOKEN.finditer(text):
        if "." not in token[0] and ":" not in token[0] and not _OTHER_DOT.search(token[0]):
            continue
        for match in _LINK.finditer(token[0]):
            words = match[0].rstrip(".,;:!?)]}'’…")
            found = parsed(words, token.start() + match.start())
            if found.scheme or found.path or words[:4].casefold() == "www." or _is_host(found.host):
                yield found


def parsed(text: str, start: int = 0) -> Link:
    """One link taken apart, whatever it looks like."""
    scheme, rest = "", text
    match = _SCHEME.match(text)
    if match and (match[2] or match[1].casefold() in _BARE_SCHEMES):
        scheme, rest = match[1].casefold(), text[match.end() :]
        if not match[2]:
            return Link(text, start, scheme, path=rest)
    cut = min((place for sign in "/?#\\" if (place := rest.find(sign)) >= 0), default=len(rest))
    authority, path = rest[:cut], rest[cut:]
    user, at, host = authority.rpartition("@")
    port = ""
    if match := re.search(r":(\d*)\Z", host):
        host, port = host[: match.start()], match[1]
    return Link(text, start, scheme, user + at, host.translate(_DOTS).casefold(), port, path)


def domain_of(host: str) -> str:
    """`shop.example.co.uk` is of `example.co.uk`; a host nobody registers is its own domain."""
    labels = host.strip(".").split(".")
    for size in (3, 2):
        if ".".join(labels[-size:]) in _HOSTING and len(labels) > size:
            return ".".join(labels[-size - 1 :])
    if len(labels) > 2 and len(labels[-1]) == 2 and (labels[-2] in _SECOND_LEVEL or labels[-1] == labels[-2] == "uk"):
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def is_hosted(domain: str) -> bool:
    """Whether anybody may take such a name: `paypal.github.io`."""
    return domain.partition(".")[2] in _HOSTING


def _is_host(host: str) -> bool:
    ending = host.rpartition(".")[2]
    return ending in _ENDINGS
