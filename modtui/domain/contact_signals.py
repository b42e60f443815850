# ruff: noqa: E501
"""Ways out of an ad into a private talk: messengers, handles and phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from modtui.domain.signals import Signal

NEEDLES = (
    "t.me/", "wa.me", "telegram", "whats", "viber", "m.me/", "line", "lin.ee", "api.whatsapp", "chat.whatsapp", "discord.g", "signal.me", "wechat", "weixin", "微信", "加v", "威信", "zalo",
    "kakao", "카톡", "카카오톡", "텔레그램", "واتس", "تيليجرام", "تلجرام", "תלגרם", "וואטסאפ", "ватсап", "вотсап", "телеграм",
)  # fmt: skip
"Case-folded words, one of which is in every text that leads to a messenger."

_LINKS = (
    r"(?:t|telegram)\.me/\S+|wa\.me/\S*|(?:api|chat)\.whatsapp\.com/\S*|m\.me/\S+|line\.me/\S+|lin\.ee/\S+"
    r"|discord\.g[ge]/?\S*|signal\.me/\S*|zalo\.me/\S*|open\.kakao\.com/\S*|viber://\S*|tg://\S*|whatsapp://\S*"
)
_NAMES = "telegram|whats ?app|viber|we ?chat|weixin|zalo|kakao ?talk|line|ватсап\\w*|вотсап\\w*|телеграм\\w*"
_CALLS = (
    r"(?:message|msg|text|dm|add|contact|write|chat with|talk to|reach|join|find) (?:me|us|our|my|now|him|her)?[\w ]{0,24}?"
    r"|contactez\S*[\w ]{0,20}?|écrivez\S*[\w ]{0,20}?|schreib\S*[\w ]{0,20}?|escr[ií]b\S*[\w ]{0,20}?"
    r"|(?:fale|chame|chama|entre)[\w ]{0,24}?|scriv\S*[\w ]{0,20}?|napisz\S*[\w ]{0,20}?|пиши\S*[\w ]{0,20}?"
)
_MESSENGER = (
    rf"{_LINKS}"
    rf"|\b(?:{_CALLS})\b(?:on|via|by|in|to|at|sur|per|über|por|pelo|no|su|na|в|на)? ?(?:the |our |my |nosso |nuestro )?"
    rf"(?:{_NAMES})\b"
    rf"|\b(?:{_NAMES}) ?(?:id|group|channel|number|no\.?|canal|grupo|groupe|gruppe|numéro|número|nummer)?"
    r" ?[:：@+][ @+]*[\w.+-]{3,}"
    r"|\b(?:whats ?app|viber) ?(?:number|no|numéro|número|nummer)?[ .:]*\+?\d[\d ().-]{6,}"
    r"|(?:微信|威信|加v|line ?id|lineid|line@|카톡|카카오톡|텔레그램)[^\n]{0,6}[:：@]?[ ]?[a-z0-9_.-]{4,}"
    r"|line(?:で|を|に|友|追加|登録)\S{0,12}?(?:追加|登録|相談|友)"
    r"|(?:واتس ?اب|واتساب|تيليجرام|تلجرام)[^\n]{0,8}[+٠-٩\d][٠-٩\d ()-]{6,}"
    r"|(?:תלגרם|וואטסאפ)[^\n]{0,8}[+\d][\d ()-]{6,}"
)  # fmt: skip
_PHONE = (
    r"(?<![\w.,/+-])(?:\+|00)[1-9](?:[ ().-]{0,2}\d){7,13}(?![\w%€$£])"
    r"|(?<![\w.,/+$€£-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}(?![\w%-])"
    r"|\b(?:call|phone|ph|tel|telephone|téléphone|tél|telefon|teléfono|telefone|cell|mobile|hotline|fone|ring|sms|rufen|"
    r"appelez|llame|ligue|chiama|тел|телефон|☎|📞|電話|电话|전화|هاتف|اتصل|טל)[ .:：]{1,3}[^\d\n]{0,16}"
    r"\+?\d(?:[ ().-]{0,2}\d){5,13}(?![\w%])"
)
_PHONE_LOOK = re.compile(r"[0-9](?:(?:[ ().-]{0,2}[0-9]){5}|\) ?[0-9]{3})")


@cache
def _messenger() -> re.Pattern[str]:
    return re.compile(_MESSENGER, re.IGNORECASE)


@cache
def _phone() -> re.Pattern[str]:
    return re.compile(_PHONE, re.IGNORECASE)


def may_hold_number(text: str) -> bool:
    """A cheap look for enough digits in a row."""
    return _PHONE_LOOK.search(text) is not None


def contact_signals(text: str, component: str, has_messenger: bool = True) -> Iterator[Signal]:
    """Messengers named as the way to go on, and phone numbers. A page that names its phone is as it should be."""
    if has_messenger:
        for match in _messenger().finditer(text):
            yield Signal("messenger", component, *match.span(), "leads into a private talk", match[0].strip())
    if not component.startswith("page") and may_hold_number(text):
        for match in _phone().finditer(text):
            yield Signal("phone", component, *match.span(), "a number to call or write to", match[0].strip())
