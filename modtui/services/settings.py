"""Settings: built once from the config file, the environment and the command line, and handed down."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import fields, replace

from modtui.errors import ModtuiError

PREFIX = "MODTUI_"


class Settings(Struct, frozen=True):
    """What a person may set. Every field is `MODTUI_<NAME>` in the environment and a key of `config.toml`."""

    workspace: Path
    "The SQLite file with queues, catalogs and decisions."
    policies: Path | None = None
    "The policy catalog, a file or a folder; None is the shipped one."
    reviewer: str = ""
    "The name decisions are made under."
    keymap: Path | None = None
    "A YAML file that maps actions to other keys."
    theme: str = "modtui-dark"
    latency_ms: int | None = None
    "Round trip to the terminal; None measures it before the app starts."
    second_review: str = "approvals"
    "`approvals`, `all` or `off`: which decisions wait for another reviewer."
    reorder: str = "terminal"
    "Who puts right-to-left text in order: the `terminal`, or the `app` where the terminal does not."
    graphics: str = "auto"
    "How pictures are drawn: `auto`, `blocks`, `kitty`, `sixel`, or `none`."

    adjudication: str = "others"
    "Who settles a conflict: `others`, who made none of its decisions, or `anyone`."
    media_cache_mb: int = 128
    "Megabytes of drawn pictures kept on disk at most; 0 keeps none."
    sync_minutes: int = 15
    "How often a review syncs with the first remote, behind the screens; 0 never."


def default_config() -> Path:
    from platformdirs import user_config_path  # 5 ms, and only when no path is given

    return user_config_path("modtui") / "config.toml"


def default_workspace() -> Path:
    from platformdirs import user_data_path

    return user_data_path("modtui") / "workspace.db"


def load_settings(environ: Mapping[str, str] | None = None, config: Path | None = None, **given: Any) -> Settings:
    """The command line outweighs the environment, that the config file, and that the defaults."""
    environ = os.environ if environ is None else environ
    named = config or (Path(environ[PREFIX + "CONFIG"]).expanduser() if environ.get(PREFIX + "CONFIG") else None)
    if named is not None and not named.exists():
        raise ModtuiError("No config file", f"{named} is not there.", f"Name another one with {PREFIX}CONFIG.")
    config = named or default_config()
    stated: dict[str, Any] = _read_config(config)
    for field in fields(Settings):
        if text := environ.get(PREFIX + field.name.upper()):
            stated[field.name] = text
    stated |= {name: value for name, value in given.items() if value is not None}
    base = Settings(workspace=_typed("workspace", stated.pop("workspace", None) or default_workspace(), config))
    settings = replace(base, **{name: _typed(name, value, config) for name, value in stated.items()})
    return settings if settings.reviewer else replace(settings, reviewer=_login_name())


def _read_config(config: Path) -> dict[str, Any]:
    try:
        if not config.exists():
            return {}
        import tomllib  # only where there is a file to read

        stated = tomllib.loads(config.read_text(encoding="utf-8"))
    except ValueError as error:  # no TOML, or no UTF-8
        raise ModtuiError("Config file unreadable", f"{config}: {error}", "Mend the file or move it away.") from error
    except OSError as error:
        words = f"{config}: {error.strerror}."
        raise ModtuiError("Config file unreadable", words, "Check its rights or move it away.") from error
    known = {field.name for field in fields(Settings)}
    for name in stated:
        if name not in known:
            names = ", ".join(sorted(known))
            raise ModtuiError("Unknown setting", f"{config}: '{name}' is not a setting.", f"There are: {names}.")
    return stated


def _typed(name: str, value: Any, config: Path) -> Any:
    choices = {
        "second_review": ("approvals", "all", "off"),
        "reorder": ("terminal", "app"),
        "graphics": ("auto", "blocks", "kitty", "sixel", "none"),
        "theme": ("modtui-dark", "modtui-light", "ansi-dark"),
        "adjudication": ("others", "anyone"),
    }
    if name in choices and value not in choices[name]:
        raise ModtuiError("Setting out of range", f"{name} is '{value}'.", f"Use one of {', '.join(choices[name])}.")
    if name == "sync_minutes":
        if not str(value).isdecimal():
            raise _out_of_range(name, value, config, "Give whole minutes; 0 never syncs by itself.")
        return int(value)
    if name == "media_cache_mb":
        if not str(value).isdecimal():
            raise _out_of_range(name, value, config, "Give whole megabytes; 0 keeps no drawn pictures.")
        return int(value)
    if name == "latency_ms":
        if not str(value).isdecimal():
            raise _out_of_range(name, value, config, "Give whole milliseconds.")
        return int(value)
    if not isinstance(value, str | Path):
        raise _out_of_range(name, value, config, "Give a text in quotes.")
    if not str(value).strip():
        raise _out_of_range(name, value, config, "Give more than spaces, or leave it out.")
    return Path(value).expanduser() if name in ("workspace", "policies", "keymap") else value


def _out_of_range(name: str, value: Any, config: Path, hint: str) -> ModtuiError:
    return ModtuiError("Setting out of range", f"{name} is '{value}' ({PREFIX}{name.upper()} or {config}).", hint)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"
