"""What columns and values are commonly called: the words by which a foreign layout is guessed."""

from __future__ import annotations

COLUMN_WORDS: dict[str, str] = {
    "id": "ad_id adid ad_archive_id creative_id asset_id item_id uuid id",
    "creative.body": (
        "ad_text body ad_body primary_text ad_creative_bodies ad_creative_body creative_body message copy ad_copy "
        "text description description_1 caption content beschreibung texto texte"
    ),
    "creative.headline": (
        "headline ad_title title title_1 ad_creative_link_titles ad_creative_link_title link_title subject titulo titre"
    ),
    "creative.display_name": "display_name",
    "creative.call_to_action": "call_to_action cta cta_text cta_type",
    "creative.disclaimer": "disclaimer legal_text",
    "creative.transcript": "transcript captions subtitles",
    "creative.format": "ad_type ad_format format creative_type media_type",
    "landing_page.url": (
        "landing_page_url landing_url ad_landing_page landing_page destination_url final_url website_url link_url "
        "click_url target_url ad_creative_link_captions link page_url url page ad_url ad_snapshot_url"
    ),
    "landing_page.title": "landing_page_title ad_creative_link_descriptions link_description page_title",
    "landing_page.text": "landing_page_text page_text",
    "media": (
        "media screenshot ad_screenshot screenshot_path image image_path image_url images video video_path video_url "
        "creative_url media_url creative file_path"
    ),
    "advertiser.id": "advertiser_id page_id account_id organization_id",
    "advertiser.name": "advertiser_name advertiser page_name organization_name account_name brand company sponsor",
    "advertiser.payer": "payer paying_advertiser_name paid_for_by bylines byline funding_entity sponsor_name",
    "advertiser.behalf": "behalf on_behalf_of beneficiary candidate_ballot_information",
    "advertiser.country": "advertiser_country billing_country",
    "submitted_at": (
        "submitted_at submission_time created_at create_date created creation_date ad_creation_time start_date "
        "first_served_timestamp ad_start_date ad_delivery_start_time date timestamp"
    ),
    "due_at": "due_at due due_date deadline",
    "schedule.start": "schedule_start date_range_start start_date ad_start_date ad_delivery_start_time",
    "schedule.end": "schedule_end date_range_end end_date ad_end_date ad_delivery_stop_time",
    "priority": "priority",
    "industry": "industry industry_type vertical category ad_category",
    "objective": "objective campaign_objective",
    "markets": "markets market country_code country countries target_countries geo regions region location locations",
    "languages": "languages language lang locale",
    "audience.ages": "age ages age_bracket age_range age_targeting target_ages",
    "audience.min_age": "min_age age_min minimum_age",
    "audience.max_age": "max_age age_max maximum_age",
    "audience.gender": "gender genders gender_targeting target_gender",
    "audience.interests": "interests keywords keyword target_interests",
    "audience.placements": "placements placement publisher_platforms platforms platform",
    "flags": "flags labels content_labels tags label",
}
"""Our field to the names its column has elsewhere, the surest first, in the form `ad_text`."""

MISSING_WORDS = (
    "-",
    "--",
    "NA",
    "N/A",
    "n/a",
    "null",
    "NULL",
    "None",
    "nan",
    "NaN",
    "\\N",
    "Not targeted",
    "(not set)",
)
"What cells say that say nothing."

_COUNTRIES = """
AE united arab emirates,uae AR argentina AT austria AU australia BD bangladesh BE belgium BG bulgaria BR brazil,brasil
CA canada CH switzerland CL chile CN china CO colombia CR costa rica CY cyprus CZ czech republic,czechia DE germany
DK denmark DO dominican republic DZ algeria EC ecuador EE estonia EG egypt ES spain FI finland FR france
GB united kingdom,great britain,uk GR greece HK hong kong HR croatia HU hungary ID indonesia IE ireland IL israel IN
india IQ iraq IS iceland IT italy JO jordan JP japan KE kenya KR south korea,korea KW kuwait LB lebanon LT lithuania
LU luxembourg LV latvia MA morocco MT malta MX mexico MY malaysia NG nigeria NL netherlands NO norway NZ new zealand
OM oman PA panama PE peru PH philippines PK pakistan PL poland PT portugal QA qatar RO romania RS serbia RU russia
SA saudi arabia SE sweden SG singapore SI slovenia SK slovakia TH thailand TN tunisia TR turkey TW taiwan UA ukraine
US united states,usa,united states of america UY uruguay VE venezuela VN vietnam ZA south africa
"""


def _named_countries() -> dict[str, str]:
    table: dict[str, str] = {}
    code, words = "", ""
    for word in [*_COUNTRIES.split(), "ZZ"]:
        if len(word) == 2 and word.isupper():
            table.update({name: code for name in words.split(",") if name})
            code, words = word, ""
        else:
            words = f"{words} {word}".strip()
    return table


COUNTRIES = _named_countries()
"English names of countries, in lower case, to their codes."

LANGUAGES = {
    "english": "en", "french": "fr", "german": "de", "spanish": "es", "portuguese": "pt", "italian": "it",
    "dutch": "nl", "japanese": "ja", "chinese": "zh", "korean": "ko", "arabic": "ar", "russian": "ru",
    "polish": "pl", "turkish": "tr", "hindi": "hi", "swedish": "sv", "danish": "da", "norwegian": "nb",
    "finnish": "fi", "greek": "el", "hebrew": "he", "thai": "th", "vietnamese": "vi", "indonesian": "id",
    "ukrainian": "uk", "czech": "cs", "hungarian": "hu", "romanian": "ro",
}  # fmt: skip
"English names of languages, in lower case, to their codes."
