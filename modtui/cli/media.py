"""`modtui media`: the pictures that were drawn and are kept on disk."""

from __future__ import annotations

import click

from modtui.cli.common import put, put_json, say, settings_of


@click.command(epilog="For example: modtui media --clear")
@click.option("--clear", is_flag=True, help="Remove all that is kept; it is drawn again when it is looked at.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def media(ctx: click.Context, clear: bool, as_json: bool) -> None:
    """How much drawn pictures and videos take on disk, and where. They hold what ads show, sharp and blurred."""
    from modtui.services.media import default_cache, media_cache

    settings = settings_of(ctx)
    cache = media_cache(cache_mb=settings.media_cache_mb)
    freed = cache.forget() if clear else 0
    files, held = cache.count(), cache.size()
    if as_json:
        put_json({"folder": str(default_cache()), "bytes": held, "files": files, "limit": cache.most_bytes})
        return
    if clear:
        say(f"{_megabytes(freed)} removed.")
    put(f"{files:,} views, {_megabytes(held)} of at most {_megabytes(cache.most_bytes)}, in {default_cache()}")


def _megabytes(count: int) -> str:
    return f"{count / (1 << 20):,.1f} MB"
