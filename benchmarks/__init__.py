"""Measurements of modtui: ratios to floors and peers, taken in turn in one run."""
