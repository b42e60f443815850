"""The media of a pack on their way into it: found where their ads came from, and named by their content."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from modtui.domain.gold import Weighed
from modtui.errors import ModtuiError
from modtui.files.media_files import Refused, opened_media

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class PackMedia:
    """The media of a pack, copied aside under the names of their content."""

    def __init__(self, folder: Path, drop_missing: bool) -> None:
        self.members: dict[str, bytes | Path] = {}
        self._folder, self._drop_missing = folder, drop_missing
        self._missing: list[str] = []

    def take(self, each: Weighed, path: str, sha256: str | None) -> tuple[str, str] | None:
        """The name in the pack and the hash of a medium; None for one that is not there."""
        folders = [Path(folder) for folder in each.gold.folders]
        try:
            with opened_media(folders, path, sha256) as medium:
                suffix = Path(path).suffix.lower()
                name = f"media/{medium.sha256}{suffix if _SUFFIX.fullmatch(suffix) else ''}"
                target = self._folder / medium.sha256
                if name not in self.members:
                    with os.fdopen(os.dup(medium.fd), "rb") as source, target.open("wb") as out:
                        source.seek(0)
                        shutil.copyfileobj(source, out)
                    self.members[name] = target
                return name, medium.sha256
        except Refused as reason:
            self._missing.append(f"{each.gold.name}: {path} {reason}")
            return None

    def refuse_missing(self) -> None:
        if self._missing and not self._drop_missing:
            lines = "\n".join(self._missing[:10])
            more = f"\n... and {len(self._missing) - 10} more" if len(self._missing) > 10 else ""
            hint = "Put the files back, leave these ads out with --exclude, or build with --without-media."
            raise ModtuiError("Media of the pack are not there", lines + more, hint)
