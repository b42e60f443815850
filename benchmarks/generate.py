"""Queues of any size made from a seed: about 1 KB an ad, written row by row, in our layout as JSONL, CSV or TSV."""

from __future__ import annotations

import csv
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEED = 20_261_123
FORMATS = ("jsonl", "csv", "tsv")
LIT_PER_CENT = 22
"Of so many ads in a hundred a sentence speaks to a policy of the shipped catalog."

_MARKETS = (
    "US", "GB", "DE", "FR", "ES", "IT", "NL", "BE", "PL", "SE", "BR", "MX", "JP",
    "KR", "IN", "ID", "SA", "AE", "TR", "AU", "CA", "ZA", "CH", "AT", "PT",
)  # fmt: skip
_WEIGHTS = (18, 9, 9, 9, 6, 6, 4, 3, 4, 3, 8, 6, 7, 3, 6, 4, 2, 2, 3, 4, 4, 2, 2, 2, 2)
_LANGUAGE = {
    "DE": "de", "AT": "de", "CH": "de", "FR": "fr", "BE": "fr", "ES": "es", "MX": "es", "BR": "pt", "PT": "pt",
    "JP": "ja", "IT": "it",
}  # fmt: skip
_SPOKEN = {
    "NL": "nl", "PL": "pl", "SE": "sv", "KR": "ko", "ID": "id", "SA": "ar", "AE": "ar", "TR": "tr", "IN": "hi",
} | _LANGUAGE  # fmt: skip
"What an ad for a market says it is written in, so that no fact about languages cuts it."
_INDUSTRIES = (
    "apparel", "home", "travel", "education", "games", "software", "food.grocery", "food.restaurant", "beauty",
    "automotive", "health.fitness", "finance.bank", "finance.insurance", "media.streaming", "nonprofit", "retail",
)  # fmt: skip
_WORDS = {
    "en": """new season comfort local made simple family weekend garden kitchen light travel quality honest price
    delivery today choose fresh design friends morning coffee cotton shoes summer winter story music learn
    course online ticket hotel city river bread paper window colour team lesson bicycle lamp chair notebook
    market neighbour holiday""",
    "fr": """nouvelle saison confort local simple famille jardin cuisine voyage qualité prix livraison aujourd'hui
    choisir frais amis matin café coton chaussures été hiver histoire musique cours billet ville pain papier
    fenêtre équipe vélo""",
    "de": """neue Saison bequem einfach Familie Wochenende Garten Küche Reise Qualität Preis Lieferung heute wählen
    frisch Freunde Morgen Kaffee Baumwolle Schuhe Sommer Winter Geschichte Musik lernen Kurs Karte Stadt Brot
    Papier Fenster""",
    "es": """nueva temporada cómodo local sencillo familia jardín cocina viaje calidad precio entrega hoy elige fresco
    amigos mañana café algodón zapatos verano invierno historia música curso entrada ciudad pan papel ventana
    equipo bicicleta""",
    "pt": """nova estação conforto local simples família jardim cozinha viagem qualidade preço entrega hoje escolha
    fresco amigos manhã café algodão sapatos verão inverno história música curso cidade pão papel janela
    equipe bicicleta""",
    "it": """nuova stagione comodo locale semplice famiglia giardino cucina viaggio qualità prezzo consegna oggi
    scegli fresco amici mattina caffè cotone scarpe estate inverno storia musica corso biglietto città pane
    carta finestra squadra""",
    "ja": """新しい 季節 快適 地元 家族 週末 庭 台所 旅 品質 価格 配送 今日 選ぶ 新鮮
    友達 朝 珈琲 綿 靴 夏 冬 物語 音楽 学ぶ 講座 切符 街 窓""",
}
_LIT = (
    ("food.alcohol", "Twelve bottles of whisky, 43 % vol, at your door."),
    ("gambling", "Play roulette and slots at our online casino and win today."),
    ("health.weight", "Lose weight without diet or exercise, melts fat overnight."),
    ("finance.crypto", "Join the token presale: bitcoin and altcoins with no risk."),
    ("finance.payday", "Payday loans in minutes, no questions asked."),
    ("health.otc", "A natural cure for back pain, clinically proven."),
    ("finance", "Guaranteed returns: double your money in thirty days."),
    ("dating", "Meet hot singles near you tonight."),
    ("politics", "Vote on Sunday for the party that keeps its word."),
)
_FORMATS = ("image", "video", "text", "carousel")
_ADVERTISERS = 4_000
_NAMES = (
    "Alder", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Harbor",
    "Iris", "Juniper", "Kestrel", "Linden", "Meadow", "North", "Orchard", "Pine",
)  # fmt: skip
_ENDS = ("Ltd", "GmbH", "SAS", "Inc", "SpA", "KK", "Srl", "SL")


def ads(count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """`count` ads, the same for a seed wherever and whenever they are made."""
    rng = random.Random(seed)
    words = {language: text.split() for language, text in _WORDS.items()}
    for number in range(count):
        yield _ad(rng, words, number)


def _ad(rng: random.Random, words: dict[str, list[str]], number: int) -> dict[str, Any]:
    markets = sorted(set(rng.choices(_MARKETS, _WEIGHTS, k=1 + int(rng.expovariate(0.7)))))
    language = _LANGUAGE.get(markets[0], "en")
    is_lit = rng.randrange(100) < LIT_PER_CENT
    industry, cue = rng.choice(_LIT) if is_lit else (rng.choice(_INDUSTRIES), "")
    text = words[language]
    body = [_sentence(rng, text, 9) for _ in range(2)]
    page = " ".join(_sentence(rng, text, 11) for _ in range(3))
    if cue:
        body.insert(rng.randrange(3), cue)
    advertiser = int(rng.paretovariate(0.6)) % _ADVERTISERS
    name = f"{_NAMES[advertiser % 16]} {_NAMES[advertiser // 16 % 16]} {_ENDS[advertiser % 8]}"
    host = f"shop-{advertiser}.example"
    minute, hour = rng.randrange(60), rng.randrange(24)
    return {
        "id": f"ad-{number:08d}",
        "submitted_at": f"2026-11-{1 + number % 20:02d}T{hour:02d}:{minute:02d}:00Z",
        "due_at": f"2026-11-{22 + number % 7:02d}T{hour:02d}:{minute:02d}:00Z",
        "priority": rng.choice((30, 50, 50, 50, 50, 70)),
        "advertiser": {"id": f"adv-{advertiser}", "name": name, "country": markets[0], "payer": name},
        "industry": industry,
        "objective": "conversions",
        "markets": markets,
        "languages": sorted({language, *(_SPOKEN.get(market, "en") for market in markets)}),
        "audience": {"min_age": rng.choice((13, 16, 18, 18, 21))},
        "creative": {
            "format": rng.choice(_FORMATS),
            "display_name": f"{name.split()[0]} {number % 9973}",
            "headline": _sentence(rng, text, 5),
            "body": " ".join(body),
            "call_to_action": rng.choice(text).capitalize(),
        },
        "media": [{"path": f"media/{number}.jpg", "kind": "image"}],
        "landing_page": {
            "url": f"https://{host}/{language}/{number}",
            "title": _sentence(rng, text, 4),
            "text": page,
            "captured_at": "2026-11-20T03:05:00Z",
        },
        "flags": [{"source": "text-model-7", "label": "review", "score": rng.randrange(100) / 100}] if is_lit else [],
    }


def _sentence(rng: random.Random, words: list[str], length: int) -> str:
    text = " ".join(rng.choices(words, k=length))
    return f"{text[0].upper()}{text[1:]}."


_COLUMNS = (
    "id", "submitted_at", "due_at", "priority", "advertiser.id", "advertiser.name", "advertiser.country", "industry",
    "objective", "markets", "languages", "audience.min_age", "creative.format", "creative.display_name",
    "creative.headline", "creative.body", "creative.call_to_action", "landing_page.url", "landing_page.title",
    "landing_page.text", "landing_page.captured_at",
)  # fmt: skip


def _cell(ad: dict[str, Any], column: str) -> str:
    value: Any = ad
    for part in column.split("."):
        value = value[part]
    return "|".join(value) if isinstance(value, list) else str(value)


def write_queue(path: Path, count: int, seed: int = SEED) -> Path:
    """Write a queue file in the layout its ending names. One row at a time, whatever the count."""
    kind = path.suffix.lstrip(".")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8", newline="") as out:
        if kind == "jsonl":
            for ad in ads(count, seed):
                out.write(json.dumps(ad, ensure_ascii=False) + "\n")
        else:
            writer = csv.writer(out, delimiter="\t" if kind == "tsv" else ",", lineterminator="\n")
            writer.writerow(_COLUMNS)
            for ad in ads(count, seed):
                writer.writerow([_cell(ad, column) for column in _COLUMNS])
    temporary.replace(path)
    return path


def queue_file(folder: Path, count: int, kind: str = "jsonl", seed: int = SEED) -> Path:
    """The queue file of that many ads in a folder; made when it is not there."""
    path = folder / f"ads-{seed}-{count}.{kind}"
    return path if path.exists() else write_queue(path, count, seed)
