"""Scripts that are written without spaces between words."""

from __future__ import annotations

import re
from functools import cache


@cache
def unspaced_letter() -> re.Pattern[str]:
    """Finds a letter of Thai, Lao, Burmese, Khmer, kana or Han, as group 1.

    Made when it is first asked for: `re` takes three milliseconds over so many characters, and most starts need none.
    """
    return re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
