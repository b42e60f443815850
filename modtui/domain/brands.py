"""Brands that are posed as most, with the domains that are theirs; and what a word looks like to a hasty reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

_OWN: Final = """
paypal paypal.com paypal.me paypalobjects.com | amazon amazon.com amzn.to a.co amazonaws.com media-amazon.com
apple apple.com icloud.com | icloud icloud.com apple.com | itunes apple.com itunes.com
microsoft microsoft.com live.com office.com | office365 office.com microsoft.com | outlook outlook.com live.com
google google.com goo.gl withgoogle.com googleapis.com | gmail gmail.com google.com | youtube youtube.com youtu.be
facebook facebook.com fb.com fb.me | instagram instagram.com | whatsapp whatsapp.com wa.me | telegram telegram.org
telegram.me t.me | tiktok tiktok.com | linkedin linkedin.com lnkd.in | netflix netflix.com | spotify spotify.com
ebay ebay.com | alibaba alibaba.com | aliexpress aliexpress.com | walmart walmart.com | ikea ikea.com
costco costco.com | lidl lidl.com lidl.de | aldi aldi.com aldi.us | shein shein.com | temu temu.com
nike nike.com | adidas adidas.com | rolex rolex.com | gucci gucci.com | louisvuitton louisvuitton.com
chanel chanel.com | rayban ray-ban.com | zara zara.com | dior dior.com | hermes hermes.com
coinbase coinbase.com | binance binance.com | metamask metamask.io | blockchain blockchain.com | kraken kraken.com
trustwallet trustwallet.com | ledger ledger.com | revolut revolut.com revolut.me | robinhood robinhood.com
chase chase.com | wellsfargo wellsfargo.com | bankofamerica bankofamerica.com | citibank citi.com citibank.com
hsbc hsbc.com | barclays barclays.com | natwest natwest.com | lloyds lloydsbank.com | santander santander.com
deutschebank deutsche-bank.de db.com | sparkasse sparkasse.de | commerzbank commerzbank.de | postbank postbank.de
bnpparibas bnpparibas.com | creditagricole credit-agricole.fr | labanquepostale labanquepostale.fr
unicredit unicredit.it | intesasanpaolo intesasanpaolo.com | bbva bbva.com | caixabank caixabank.com
itau itau.com.br | bradesco bradesco.com.br | nubank nubank.com.br | serasa serasa.com.br
mastercard mastercard.com | americanexpress americanexpress.com | westernunion westernunion.com
dhl dhl.com dhl.de | fedex fedex.com | usps usps.com | royalmail royalmail.com | correios correios.com.br
laposte laposte.fr | vodafone vodafone.com | tmobile t-mobile.com | verizon verizon.com
booking booking.com | airbnb airbnb.com | ryanair ryanair.com | emirates emirates.com | lufthansa lufthansa.com
steam steampowered.com steamcommunity.com | roblox roblox.com | playstation playstation.com | nintendo nintendo.com
samsung samsung.com | huawei huawei.com | xiaomi xiaomi.com mi.com | tesla tesla.com
mcafee mcafee.com | norton norton.com | adobe adobe.com | dropbox dropbox.com | docusign docusign.com docusign.net
"""
_PLATFORMS_WORDS = """
google facebook instagram youtube tiktok linkedin whatsapp telegram apple amazon
"""
_PLATFORMS: Final = frozenset(_PLATFORMS_WORDS.split())
"Their names stand in the hosts and paths of honest measuring links and shops; only their whole domain there is odd."
_ORDINARY_WORDS = """
apple chase amazon office365 outlook ledger steam booking emirates kraken dior zara
"""
_ORDINARY: Final = frozenset(_ORDINARY_WORDS.split())
"Also words or names of their own: not taken for the brand in a compound such as `steam-cleaning.com`."

SHORTEST: Final = 5
"Letters of a brand that others are written to look like."

_LOOKS: Final = str.maketrans("i1|05$38!", "llloss" + "eb" + "l")
_PARTS: Final = re.compile("[^a-z0-9]+")
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


@cache
def own_domains() -> dict[str, tuple[str, ...]]:
    """Brand to the domains that are its own."""
    entries = _OWN.replace("|", "\n").split("\n")
    rows = [words for entry in entries if (words := entry.split())]
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for words in rows:
        if "." in words[0]:
            found[name] += tuple(words)  # a line that goes on
            continue
        name = words[0]
        found[name] = tuple(words[1:])
    return found


def skeleton(word: str) -> str:
    """What a word of ASCII letters and digits looks like at a glance: `PayPaI`, `paypa1` and `paypal` are one."""
    plain = word.casefold().replace("-", "").translate(_LOOKS)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain


@cache
def _by_skeleton() -> dict[str, str]:
    return {skeleton(name): name for name in own_domains() if len(name) >= SHORTEST}


def may_imitate(words: frozenset[str]) -> bool:
    """A cheap look at the words of a case-folded text: whether one is a brand, or written to look like one."""
    return not _by_skeleton().keys().isdisjoint(skeleton(" ".join(words)).split())


def looks_like_brand(word: str) -> str:
    """The brand that a word is written to look like; empty when it is spelled as it is, or is none."""
    plain = word.casefold().replace("-", "")
    found = _by_skeleton().get(skeleton(word), "")
    if not found or plain == found or (found in _ORDINARY and plain.isalpha() and "I" not in word[1:]):
        return ""
    return found


def misplaced_brands(host: str, domain: str, path: str, is_hosted: bool = False) -> Iterator[tuple[str, str]]:
    """Brands named in a link that is not theirs: the brand, and where it stands.

    `is_hosted` says that anybody may take a name where the domain is.
    """
    label = domain.partition(".")[0]
    known = own_domains()
    named = known.keys() & {*_PARTS.split(host), *_PARTS.split(path)}
    for name in sorted(named):
        domains = known[name]
        if domain in domains or (label == name and not is_hosted):
            continue
        whole = next((own for own in domains if _stands_in(own, host) or _stands_in(own, path.partition("?")[0])), "")
        if whole and name in whole:
            yield name, f"“{whole}” inside a link to {domain}"
        elif label == name:
            yield name, f"a name anybody may take at {domain.partition('.')[2]}"
        elif name not in _PLATFORMS and name in re.split(r"[.-]", host[: -len(domain)] if domain else host):
            yield name, f"a part of a host of {domain}"
        elif name not in _PLATFORMS | _ORDINARY and name in label.split("-"):
            yield name, f"only a part of {domain}"


def _stands_in(own: str, text: str) -> bool:
    place = text.find(own)
    return place >= 0 and (place == 0 or not text[place - 1].isalnum()) and text != own
