"""The language of a text, told by its script and its small words; nothing where it cannot be told."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Final

_SMALL_WORDS: Final = {
    "en": "the and of to is for with you your this that from are on it our at be have not all",
    "fr": "le la les des et est une pour vous votre avec dans sur pas du au nous qui vos ce plus sans",
    "de": "der die das und ist für mit sie ein eine ihr ihre auf nicht von zu den im wir ohne bei",
    "es": "el los las una para con por tu su que del está más sin como nuestro nuestra y en es tus al",
    "pt": "os uma para com por seu sua que não do da dos em mais sem você nosso nossa ao é um às",
    "it": "il gli una per con che del della di non sono nostro più senza tuo tua nel alla è le dei",
    "nl": "het een van en voor met je uw niet op is dat zijn wij zonder bij ook naar onze deze de",
    "pl": "nie na się jest do dla oraz twój przez już bez jak nasze co to za w z i od tylko",
    "sv": "och att för med är på inte din ditt som det en av till vi utan du våra kan från",
    "da": "og at for med er på ikke din dit som det en af til vi uden du vores kan fra",
    "fi": "ja on ei se että voit kun sinun meidän myös tai ovat joka nyt vain jos hän mukaan ole kanssa",
    "cs": "a je se na pro vám váš s do že nebo není jsou jak bez od ve po však také",
    "ro": "și este pentru cu din care nu sau mai la fără noastre pe în un o ale sunt dumneavoastră de",
    "hu": "és a az egy nem hogy vagy is van meg csak önnek minden már mint ezt ha lesz nélkül most",
    "tr": "ve bir için ile bu da de çok daha en olan ama sizin her gibi kadar var yok ne şimdi",
    "vi": "và của là cho không các bạn với một được trong có này những khi đã từ đến hàng ngay",
    "id": "dan yang untuk dengan di dari ini anda tidak akan kami adalah pada bisa lebih juga atau ke dalam tanpa",
    "el": "και το η ο της του για με σας από στο την είναι δεν που μας τα οι να θα",
    "ru": "и в не на что для вы с это как по вас ваш от за до без или мы все",
    "uk": "і в не на що для ви з це як по вас ваш від за до без або ми всі",
    "bg": "и в не на че за вие с това като по вас ваш от до без или ние са е",
}
_SCRIPTS: Final = (
    ("\u05d0", "\u05ea", "he"),
    ("\u0620", "\u064a", "ar"),
    ("\u0904", "\u0939", "hi"),
    ("\u0e01", "\u0e3a", "th"),
    ("\u3040", "\u30ff", "ja"),
    ("\u4e00", "\u9fff", "zh"),
    ("\uac00", "\ud7af", "ko"),
)
"First and last letter, and the language that is written with them: comparing is quicker than making a pattern."
_WORD: Final = re.compile(r"[^\W\d_]+")
MOST_WORDS, FEWEST = 300, 4
"Words that are looked at, and small words that make a language."
LEAST_HAN: Final = 12
"Ideographs without kana from which a text is Chinese: a short Japanese one may have none."


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in _SMALL_WORDS.items():
        for word in words.split():
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


def language_of(text: str) -> str:
    """ISO 639-1 of the language most of a text is in; empty where too little says so, or two say it alike."""
    if not text.isascii() and max(text) >= _SCRIPTS[0][0] and (language := _by_script(text)):
        return language
    known = _languages_of()
    counts: Counter[str] = Counter()
    for number, word in enumerate(_WORD.findall(text.casefold())):
        if number >= MOST_WORDS:
            break
        counts.update(known.get(word, ()))
    first, second = (*counts.most_common(2), ("", 0), ("", 0))[:2]
    return first[0] if first[1] >= FEWEST and first[1] >= second[1] * 1.5 else ""


def _by_script(text: str) -> str:
    """The language of which a script is most of a text's letters; of Japanese, some kana among ideographs."""
    counts: Counter[str] = Counter()
    for character in text:
        if character >= _SCRIPTS[0][0]:
            counts.update(language for first, last, language in _SCRIPTS if first <= character <= last)
    letters = sum(map(str.isalpha, text))
    if counts["ja"] * 12 > letters:
        return "ja"
    language, count = counts.most_common(1)[0] if counts else ("", 0)
    is_enough = count * 2 > letters and (language != "zh" or count >= LEAST_HAN)
    return language if is_enough else ""
