"""Bytes to upright RGB and back, with Pillow. `decode` runs only inside the limited child (see `media_child`).

`encode` runs in a second, fresh child that is handed nothing but pixels: what we store was then written by a process
that never saw what was uploaded, so that it can be decoded again without a child.
"""

from __future__ import annotations

import io
import struct
import warnings
from typing import TYPE_CHECKING, Any

from PIL import AvifImagePlugin, Image, ImageCms, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from .media_jobs import Refused
from .media_sniff import FORMATS, sniff

if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable

    from .media_jobs import Work

PLUGINS = (AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
HALVED = 2  # libjpeg's 4:2:0: colours at half the size both ways
STRIP = 64  # rows that are copied at a time: the whole image never exists twice

Image.MAX_IMAGE_PIXELS = None  # the caller's limit is checked instead, on the header
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
warnings.simplefilter("ignore")


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Canvas size from a WebP header: Pillow allocates two canvases while opening, before it tells the size."""
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _check_size(width: int, height: int, limits: dict[str, Any]) -> None:
    if width < 1 or height < 1:
        raise Refused("truncated")
    if width * height > limits["max_pixels"]:
        raise Refused("too_many_pixels", width=width, height=height)


def open_checked(data: bytes, limits: dict[str, Any]) -> Image.Image:
    """Open and check the header. No pixel is decoded yet."""
    if sniff(data[:64]) == "WEBP" and (size := _webp_size(data)):
        _check_size(*size, limits)
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    _check_size(image.width, image.height, limits)
    frames = getattr(image, "n_frames", 1)
    if frames > limits["max_frames"]:
        raise Refused("too_many_frames", frames=frames)
    return image


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert by the embedded colour profile; a profile that is sRGB already, or broken, changes nothing."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if converted is None else converted


def _flatten(image: Image.Image) -> Image.Image:
    """Any Pillow mode to RGB: 16 bits scaled down, transparency laid on white."""
    if image.mode.startswith("I"):  # 16-bit greyscale: convert() would clip at 255 instead of scaling
        image = image.convert("I").point(lambda value: value * (255 / 65535) + 0.5).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        return flat
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        image = _to_srgb(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def upright_rgb(image: Image.Image) -> Image.Image:
    """First frame of an opened image, orientation applied, as RGB."""
    image.load()
    # In place, or else an image that stands upright already is copied. Keeps the profile and the transparent colour.
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001, S110 - Exif that cannot be read says nothing about which way is up
        pass
    return _flatten(image)


def decode(data: bytes, limits: dict[str, Any], out: mmap.mmap) -> dict[str, Any]:
    """Decode `data` and lay its pixels into `out` as H x W x 3 bytes of RGB. Returns width, height, source format."""
    image = open_checked(data, limits)
    source_format = sniff(data[:64])  # Pillow calls a JPEG with a second picture in it MPO
    halved = source_format == "JPEG" and JpegImagePlugin.get_sampling(image) == HALVED
    rgb = upright_rgb(image)
    at = 0
    for top in range(0, rgb.height, STRIP):
        rows = rgb.crop((0, top, rgb.width, min(top + STRIP, rgb.height))).tobytes()
        out[at : at + len(rows)] = rows
        at += len(rows)
    return {"width": rgb.width, "height": rgb.height, "format": source_format, "halved": halved}


def write(image: Image.Image, options: dict[str, Any]) -> bytes:
    """Encode an RGB image. `options`: format, and what Pillow's `save` takes for it."""
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def from_rows(size: tuple[int, int], pixels: Any) -> Image.Image:
    """An image of `size` (width, height) from a buffer of its H x W x 3 bytes; copies them."""
    return Image.frombuffer("RGB", size, pixels, "raw", "RGB", 0, 1)


def encode(pixels: Any, request: dict[str, Any], out: mmap.mmap) -> dict[str, Any]:
    """Encode H x W x 3 bytes at the widths asked for (0: as it is), one file after the other. Never enlarges.

    With `crop`, the left, top, right and bottom of a part, only that part.
    """
    full = from_rows((request["width"], request["height"]), pixels)
    if crop := request.get("crop"):
        full = full.crop(tuple(crop))
    files = []
    at = 0
    for width in request["widths"]:
        image = full
        if 0 < width < full.width:
            image = full.resize((width, max(1, round(full.height * width / full.width))), Image.Resampling.LANCZOS)
        data = write(image, request["save"])
        if at + len(data) > len(out):
            raise Refused("too_complex")
        out[at : at + len(data)] = data
        at += len(data)
        files.append({"width": image.width, "height": image.height, "bytes": len(data)})
    return {"files": files}


def preload() -> None:
    """Import and touch what a decode would load on demand: the child can open no file any more."""
    from PIL import ImageFilter, MpoImagePlugin, TiffImagePlugin  # noqa: F401 - imported by Pillow halfway through a decode

    turned = Image.Exif()
    turned[0x0112] = 6
    for options in ({"format": "JPEG", "exif": turned}, {"format": "PNG"}, {"format": "WEBP"}):
        data = write(Image.new("RGB", (8, 8)), options)
        upright_rgb(Image.open(io.BytesIO(data), formats=FORMATS))
    _to_srgb(Image.new("RGB", (8, 8)), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


#: By the name in a request.
JOBS: dict[str, Callable[[Work], dict[str, Any]]] = {
    "decode": lambda work: decode(work.given[:], work.request, work.out),
    "encode": lambda work: encode(work.given, work.request, work.out),
}
#: What is not a `Refused`, nor a lack of memory, is a file that its decoder could not read.
BROKEN = "truncated"
