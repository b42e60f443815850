"""Media made from a seed: photos, clips, damaged copies of real files, and queues of ads that show them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.generate import SEED, ads

PHOTO = (1080, 1920)
CLIP = (720, 1280)
CLIP_SECONDS, CLIP_FPS, KEY_FRAME_EVERY = 15, 30, 60


def photo(path: Path, size: tuple[int, int] = PHOTO, seed: int = SEED, **save: object) -> Path:
    """A picture with shapes, shades and noise, so that it is as large as a photo when it is stored."""
    from PIL import Image, ImageDraw, ImageFilter

    rng = random.Random(seed)
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        wide, high = rng.randrange(20, size[0] // 3), rng.randrange(20, size[1] // 4)
        draw.ellipse((x - wide, y - high, x + wide, y + high), fill=tuple(rng.randrange(256) for _ in range(3)))
    noise = Image.effect_noise(size, 40).convert("RGB")
    Image.blend(image.filter(ImageFilter.GaussianBlur(3)), noise, 0.12).save(path, **save)
    return path


def clip(path: Path, seed: int = SEED) -> Path:
    """Fifteen seconds of H.264 with a key frame every two, whose scene changes every other second."""
    import av
    from PIL import Image

    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=CLIP_FPS, options={"g": str(KEY_FRAME_EVERY), "sc_threshold": "0"})
        stream.width, stream.height, stream.pix_fmt = *CLIP, "yuv420p"
        still = path.with_suffix(".jpg")
        for number in range(CLIP_SECONDS * CLIP_FPS):
            if number % KEY_FRAME_EVERY == 0:
                large = Image.open(photo(still, (CLIP[0] + 80, CLIP[1] + 80), seed + number, quality=90)).copy()
            at = number % KEY_FRAME_EVERY
            frame = av.VideoFrame.from_image(large.crop((at, at, CLIP[0] + at, CLIP[1] + at)))
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
        still.unlink()
    return path


def fuzzed(sources: list[Path], folder: Path, each: int, seed: int = SEED) -> Iterator[Path]:
    """Damaged copies: bytes flipped, runs overwritten, repeated or cut out, the end missing."""
    rng = random.Random(seed)
    for source in sources:
        whole = source.read_bytes()
        for number in range(each):
            data = bytearray(whole)
            for _ in range(rng.choice((1, 2, 8, 40))):
                at = rng.randrange(len(data) or 1) if rng.random() < 0.6 else rng.randrange(min(len(data), 200) or 1)
                run = rng.choice((1, 1, 1, 4, 64))
                how = rng.randrange(5)
                if how == 0:
                    data[at : at + run] = bytes(rng.randrange(256) for _ in range(run))
                elif how == 1:
                    data[at : at + run] = rng.choice((b"\0", b"\xff", b"\x7f\xff\xff\xff")) * run
                elif how == 2:
                    del data[at : at + run]
                elif how == 3:
                    data[at:at] = data[at : at + run * 8]
                else:
                    del data[max(1, at) :]
                data = data or bytearray(whole[:1])
            path = folder / f"{number:04}-{source.name}"
            path.write_bytes(data)
            yield path


def queue_with(path: Path, count: int, media: list[str], each: int = 1) -> Path:
    """A queue of ads that are alike but for the media named, which are shown in turn; with none they are text only."""
    with path.open("w", encoding="utf-8") as out:
        for number, ad in enumerate(ads(count)):
            shown = [media[(number * each + n) % len(media)] for n in range(each)] if media else []
            ad["media"] = [{"path": name, "kind": "image"} for name in shown]
            out.write(json.dumps(ad, ensure_ascii=False) + "\n")
    return path
