# ruff: noqa: E501
"""How ads promise certain gains, press for time, and claim cures and bodies, in a dozen languages: words and patterns."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_NUMBER: Final = r"\d{1,3}(?:[.,]\d+)?"
_WEIGHT: Final = r"(?:kg|kilos?|kilograms?|kgs|lbs?|pounds?|pfund|livres?|libras?|кг|كيلو|كغ|ק\"ג|キロ|公斤|斤)"
_DISEASE: Final = (
    r"(?:diabet\w+|cancers?|tumou?rs?|arthritis|alzheimer\w*|dementia|hypertension|high blood pressure|eczema|psoriasis|psoriase|"
    r"asthma|tinnitus|depression|autism|aids|herpes|covid\w*|gout|neuropathy|sciatica|prostat\w+|krebs\w*|cáncer|"
    r"câncer|cancro|artrit\w+|arthrose|artrosis|artrose|hypertonie|hipertensión|hipertensão|cukrzyc\w*|"
    r"диабет\w*|рак\w*|артрит\w*|артроз\w*|псориаз\w*)"
)


class Wording(Struct, frozen=True):
    """A way to say something, tried only on texts that hold one of its needles."""

    name: str
    needles: tuple[str, ...]
    "Case-folded; one of them is in every match."
    source: str
    also: str = ""
    "Case-folded; stands in every match besides."


WORDINGS: Final = (
    Wording(
        "guaranteed_return",
        ("guarante", "risk"),
        r"\bguaranteed[\w %-]{0,20}? (?:returns?|profits?|income|earnings|gains?|winnings?|interest|cash ?flow)\b"
        r"|\b(?:returns?|profits?|income|earnings|gains?|winnings?) (?:is |are |of \S+ )?(?:100 ?% )?guaranteed\b"
        r"|\bguarantees? (?:you |your )?(?:an? )?[\w %-]{0,16}?(?:returns?|profits?|income|earnings)\b"
        r"|\b(?:risk[- ]free|riskless|no[- ]risk)[\w ]{0,12} "
        r"(?:profits?|returns?|income|earnings|investments?|investing|trading|trades?|money)\b"
        r"|\b(?:earn|profit|invest)\w*[^.!?\n]{0,24} (?:without|with no|no) risk\b",
    ),
    Wording(
        "guaranteed_return",
        ("dail", "week", "jour", "diar", "day", "tag", "tägl", "día", "dia", "день", "сутки"),
        rf"{_NUMBER} ?% ?(?:profit |return |interest |roi )?(?:(?:per|an?|every|each) |/ ?)(?:day|week)\b"
        rf"|{_NUMBER} ?% ?(?:daily|weekly) (?:profits?|returns?|income|interest|earnings|roi|gains?)\b"
        rf"|\b(?:daily|weekly) (?:profits?|returns?|earnings|roi|gains?) (?:of )?(?:up to )?{_NUMBER} ?%"
        rf"|{_NUMBER} ?% (?:rendite )?(?:par jour|pro tag|täglich|al día|diario|ao dia|por d[ií]a|в день|в сутки)\b",
        "%",
    ),
    Wording(
        "guaranteed_return",
        ("double", "triple", "doublez", "verdopp", "duplic", "duplique", "raddopp", "podw", "удво"),
        r"\b(?:double|triple) (?:your|ur) (?:money|investment|deposit|bitcoins?|btc|crypto|cash|savings|capital)\b"
        r"|\bdoublez votre (?:argent|mise|capital|investissement)\b|\bverdoppel\w* (?:sie )?(?:ihr|dein)\w* geld\b"
        r"|\bduplic\w+ (?:tu|su|seu) (?:dinero|dinheiro|inversión|capital)\b|\bduplique (?:seu|o seu|su) \w+"
        r"|\braddoppi\w* (?:i tuoi soldi|il tuo \w+)\b|\bpodw\w+ swoj\w+ (?:pieniądze|kapitał|inwestycj\w+)\b"
        r"|\bудво\w+ (?:ваши|свои|твои)? ?(?:деньги|вложения|капитал|доход)\b",
    ),
    Wording(
        "guaranteed_return",
        ("garanti", "sans risque"),
        r"\b(?:rendements?|gains?|revenus?|profits?|bénéfices?) (?:\w+ )?garantie?s?\b"
        r"|\b(?:investi\w+|placements?|gagne\w+)[^.!?\n]{0,24} sans risque\b"
        r"|\bgarantierte[nrs]? (?:rendite\w*|gewinne?|erträge|zinsen|einkommen)\b|\b(?:rendite|gewinne?) garantiert\b"
        r"|\b(?:guadagn\w+|rendiment\w+|profitt\w+|entrate) (?:\w+ )?garantit[oiae]\b"
        r"|\bgarantili (?:kazanç|kâr|getiri|gelir)\b",
    ),
    Wording(
        "guaranteed_return",
        ("garantiza", "garantid", "riesgo", "risco"),
        r"\b(?:ganancias?|rentabilidad|rendimientos?|ingresos?|beneficios?) (?:\w+ )?garantizad[oa]s?\b"
        r"|\b(?:lucros?|rendimentos?|retornos?|ganhos?|renda) (?:\w+ )?garantid[oa]s?\b"
        r"|\b(?:invert\w+|invest\w+|ganh\w+|gana\w*)[^.!?\n]{0,24} (?:sin riesgos?|sem riscos?)\b",
    ),
    Wording(
        "guaranteed_return",
        ("gwarantowan", "гарантир", "مضمون", "مبטחת", "מובטח", "儲か", "元本保証", "利益保証", "保本", "稳赚",
         "穩賺", "保证收益", "수익 보장", "수익보장", "원금 보장", "원금보장"),
        r"\bgwarantowan\w+ (?:zysk\w*|doch\w+|zarob\w+|zwrot\w*)|\b(?:zysk\w*|doch\w+) gwarantowan\w+"
        r"|\bгарантир\w+ (?:доход\w*|прибыл\w+|заработ\w+)|\b(?:доход\w*|прибыл\w+) гарантир\w+"
        r"|(?:أرباح|ربح|عائد|عوائد|دخل) (?:يومي(?:ة)? )?مضمون(?:ة)?|(?:תשואה|רווח(?:ים)?|הכנסה) מובטח(?:ת|ים)?"
        r"|必ず儲か|確実に儲か|絶対に?儲か|元本保証|利益保証|保本保息|稳赚不赔|穩賺不賠|保证收益|수익 ?보장|원금 ?보장",
    ),
    Wording(
        "urgency",
        ("left", "remaining", "last", "final hours", "hurry", "ends t", "ends in", "while", "act now",
         "act fast", "closing down", "selling fast", "going fast", "limited time",
         "expires", "before it", "today only", "almost gone", "sold out soon"),
        r"\b(?:only|just) (?:\d{1,3}|a few|one|two|three) (?:\w+ )?(?:left|remaining|spots?|seats?|places)\b"
        r"|\b(?:last chance|last days?\b(?! of school)|final hours|hurry(?: up)?[!,. ]|act (?:now|fast)\b|today only"
        r"|closing[- ]down sale|(?:selling|going) fast|almost gone|limited[- ]time(?: only| offer| deal| sale)?)"
        r"|\b(?:offer|sale|deal|promo\w*|discount)[\w ]{0,16}? (?:ends|expires) (?:today|tonight|tomorrow|soon|in \d+|at midnight)"
        r"|\bends (?:today|tonight|at midnight|in \d+ (?:hours?|minutes?|days?))\b"
        r"|\bwhile (?:stocks?|supplies|it) lasts?\b|\bbefore it[’']s too late\b|\b\d{1,2} (?:hours?|minutes?) (?:left|remaining)\b",
    ),
    Wording(
        "urgency",
        ("plus que", "dernière", "derniers", "dépêche", "offre limitée", "nur noch", "letzte", "nur heute", "solange",
         "últim", "quedan", "solo hoy", "sólo hoy", "só hoje", "somente hoje", "restam", "corra", "ultimi", "ultima",
         "solo oggi", "affrett", "ostatni", "tylko dziś", "tylko dzisiaj"),
        r"\bplus que \d+\b|\bdernières? (?:chances?|heures?|minutes?|places?|pièces?)\b|\bderniers? jours?\b|\bdépêchez"
        r"|\boffre limitée\b|\bnur noch (?:\d+|wenige|heute)\b|\bletzte (?:chance|stück\w*|tage?|plätze)\b|\bnur heute\b"
        r"|\bsolange (?:der )?vorrat\b"
        r"|\búltim[ao]s? (?:horas?|unidades?|oportunidad(?:e)?|plazas?|vagas?|d[ií]as?|chances?|cupos?)\b"
        r"|\bs[oó]lo quedan\b|\bs[oó]lo hoy\b|\bs[oó](?:mente)? hoje\b|\brestam (?:apenas|poucas|só)\b|\bcorra[!,.]"
        r"|\bultim[iao] (?:pezzi|posti|occasione|ore|giorni)\b|\bsolo oggi\b|\baffrett\w+"
        r"|\bostatni\w* (?:szans\w+|dzień|dni|sztuk\w*|miejsc\w*)\b|\btylko dzi(?:ś|siaj)\b",
    ),
    Wording(
        "urgency",
        ("только сегодня", "последний", "последняя", "успей", "осталось", "sadece bugün", "son gün", "kaçırma", "son saat",
         "لفترة محدودة", "اليوم فقط", "آخر فرصة", "الكمية محدودة", "רק היום", "הזדמנות אחרונה", "לזמן מוגבל", "残りわずか", "本日限り",
         "今すぐ申", "残り", "最后机会", "仅限今天", "오늘만", "마감 임박", "마감임박", "μόνο σήμερα", "τελευταία ευκαιρία"),
        r"\bтолько сегодня\b|\bпоследн(?:ий шанс|яя возможность|ий день)\b|\bуспей\w*\b|\bосталось (?:всего )?\d+"
        r"|\bsadece bugün\b|\bson (?:gün|saat)\w*\b|\bkaçırma\w*\b|لفترة محدودة|اليوم فقط|آخر فرصة|الكمية محدودة"
        r"|רק היום|הזדמנות אחרונה|לזמן מוגבל|残りわずか|本日限り|残り ?[0-9０-９]{1,3} ?(?:名|個|枠|席|点|日|時間)|最后机会|仅限今天"
        r"|오늘만|마감 ?임박|μόνο σήμερα|τελευταία ευκαιρία",
    ),
    Wording(
        "cure_claim",
        ("diabet", "cancer", "cancr", "tumo", "arth", "alzh", "dementia", "hypert", "high blood", "eczema", "psoria",
         "asthma", "tinnitus", "depression", "autism", "aids", "herpes", "covid", "gout", "neurop", "sciatica", "prostat",
         "krebs", "cáncer", "câncer", "artr", "hipert", "cukrzyc", "диабет", "артр", "псориаз", " рак"),
        rf"\b(?:cures?|curing|heals?|revers(?:e|es|ing)|eliminat(?:e|es|ing)|gets? rid of|end(?:s|ing)?) (?:\w+ ){{0,3}}{_DISEASE}\b"
        rf"|\btreats? (?:\w+ ){{0,2}}{_DISEASE} (?:naturally|without|at home|in \d+)"
        rf"|\b{_DISEASE} (?:is |was |can be )?(?:cured?|reversed|healed|gone|remed(?:y|ies))\b"
        rf"|\b(?:heilt|heilung von|heilmittel gegen|guéri\w+|soigne\w*|cura\w*|elimina\w*|guari\w+|wylecz\w*|leczy|вылеч\w+|лечит|"
        rf"излеч\w+|избав\w+ от) (?:\w+ ){{0,3}}{_DISEASE}\b",
    ),
    Wording(
        "cure_claim",
        ("يعالج", "علاج", "يشفي", "ריפוי", "מרפא", "完治", "治る", "治愈", "根治", "완치", "治療", "θεραπεύει"),
        r"(?:يعالج|علاج نهائي ل|يشفي من?) ?(?:مرض )?(?:السكري|السرطان|الضغط|الروماتيزم|المفاصل|الصدفية|البواسير)"
        r"|(?:מרפא|ריפוי) (?:סוכרת|סרטן|דלקת)|(?:がん|癌|糖尿病|高血圧|うつ病|アトピー)[^\n]{0,8}(?:完治|治る|治ります)"
        r"|(?:治愈|根治)(?:癌症|糖尿病|高血压|关节炎)|(?:암|당뇨|고혈압)[^\n]{0,6}완치|θεραπεύει (?:τον |το )?(?:διαβήτη|καρκίνο)",
    ),
    Wording(
        "body_claim",
        ("lose", "losing", "lost", "drop", "shed", "burn", "perd", "verlier", "abnehmen", "abgenommen", "pierd", "perde",
         "emagre", "baja", "schud", "zrzu", "похуд", "сброс", "минус", "تخسر", "خسارة", "انقص", "לרדת", "ירד", "減", "痩せ",
         "瘦", "감량", "kg", "χάσε", "χάστε"),
        rf"\b(?:los(?:e|es|ing|t)|drop(?:ped)?|shed|burn\w*) (?:up to |over |about |as much as )?{_NUMBER}\+? ?"
        rf"(?:{_WEIGHT}|inches|sizes|dress sizes)\b"
        rf"|\b{_NUMBER} ?{_WEIGHT} (?:in|within|per|a|en|par|por|in nur|pro|w|за|em) (?:\w+ )?(?:\d+ )?"
        r"(?:days?|weeks?|months?|jours?|semaines?|mois|tagen?|wochen?|monat\w*|d[ií]as?|semanas?|m[eê]s\w*|giorni|settiman\w+|"
        r"dni|tygodni\w*|дн\w+|недел\w+|месяц\w*)\b"
        rf"|\b(?:perd\w+|verlier\w+|pierd\w+|baja\w*|emagre\w+|schudn\w+|zrzu\w+|похуд\w+ на|сброс\w+|минус|χάσ\w+) "
        rf"(?:jusqu’?'?à |bis zu |hasta |até |do |до )?{_NUMBER} ?{_WEIGHT}"
        r"|(?:تخسر|خسارة|انقص|إنقاص)[^\n]{0,12}[\d٠-٩]+ ?(?:كيلو|كغ)|(?:לרדת|ירד\w*) [^\n]{0,8}\d+ ?(?:קילו|ק\"ג)"
        r"|(?:マイナス|[-－−])?[0-9０-９]{1,2} ?(?:kg|キロ|㎏)(?:減|痩せ|やせ|の減量|減量)|(?:减|減|瘦)[^\n]{0,3}\d+ ?(?:斤|公斤|kg)"
        r"|\d+ ?kg ?감량",
    ),
    Wording(
        "body_claim",
        ("before and after", "before & after", "before/after", "flat belly", "belly fat", "avant/après", "avant après",
         "vorher", "antes y después", "antes e depois", "prima e dopo", "przed i po", "до и после", "قبل وبعد", "ビフォーアフター"),
        r"\bbefore ?(?:and|&|/) ?after\b(?! (?:school|work|class|the|you|each|every|your))|\bmelt\w* (?:\w+ )?belly fat\b"
        r"|\b(?:lose|burn|blast|shed) (?:\w+ )?belly fat\b|\bflat belly (?:in|within)\b|\bavant ?(?:et|/) ?après\b"
        r"|\bvorher ?(?:[/-]|und) ?nachher\b|\bantes (?:y|e) (?:después|depois)\b|\bprima e dopo\b|\bprzed i po\b"
        r"|\bдо и после\b|قبل وبعد|ビフォーアフター",
    ),
)  # fmt: skip
