from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from showpiece_predictors import Picture, media

from . import images
from .images import QUARTERS, close, corners, encoded, quarters


def refused(source: bytes | Path, **limits: int) -> media.MediaError:
    with pytest.raises(media.MediaError) as caught:
        media.clean_image(source, limits=media.ImageLimits(**limits))
    return caught.value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"I am a letter, not a photo.", "not_an_image"),
        (b"<html><body><script>alert(1)</script></body></html>", "not_an_image"),
        (b"<?xml version='1.0'?>\n<svg><script>alert(1)</script></svg>", "unsupported_format"),
        (b"<svg onload='alert(1)'/>", "unsupported_format"),
        (encoded(quarters(), "GIF"), "unsupported_format"),
        (encoded(quarters(), "BMP"), "unsupported_format"),
        (encoded(quarters(), "TIFF"), "unsupported_format"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "unsupported_format"),
        (b"%PDF-1.7\n", "unsupported_format"),
        (encoded(quarters(640, 480))[:-600], "truncated"),
        (encoded(quarters(640, 480))[:200], "truncated"),
        (encoded(images.noise(64, 64), "PNG")[:-400], "truncated"),
        (encoded(images.noise(64, 64), "WEBP")[:-400], "truncated"),
        (encoded(images.noise(64, 64), "AVIF")[:-400], "truncated"),
        (b"\xff\xd8\xff", "truncated"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_by_code(data: bytes, code: str, tmp_path: Path) -> None:
    assert refused(data).code == code
    named = tmp_path / "photo.jpg"  # the name does not help it
    named.write_bytes(data)
    error = refused(named)
    assert error.code == code
    assert str(error) == media.MESSAGES[code].format(**error.params)


def test_a_169_megapixel_png_is_refused_by_its_header() -> None:
    bomb = images.png_bomb()
    assert len(bomb) < 40_000
    started = time.monotonic()
    error = refused(bomb)
    assert time.monotonic() - started < 0.9
    assert error.code == "too_many_pixels"
    assert "40 megapixels (13000 by 13000)" in str(error)


def test_a_huge_webp_is_refused_before_its_canvas_is_made() -> None:
    assert refused(images.big_webp_header()).code == "too_many_pixels"


@pytest.mark.parametrize("options", [{"quality": 80}, {"lossless": True}, {"quality": 80, "exif": b"Exif\0\0II*\0"}])
def test_webp_headers_of_all_three_kinds_are_read(options: dict[str, object]) -> None:
    data = encoded(quarters(300, 200), "WEBP", **options)
    assert refused(data, max_pixels=59_999).params["width"] == 300
    assert media.read_image(data).pixels.shape == (200, 300, 3)


def test_17_megabytes_are_refused(tmp_path: Path) -> None:
    data = encoded(quarters()) + b"\0" * (17 * 2**20)
    assert refused(data).code == "too_large"
    path = tmp_path / "large.jpg"
    path.write_bytes(data)
    assert str(refused(path)) == "The file is larger than 16 MB."


def test_a_film_strip_of_too_many_frames_is_refused() -> None:
    frames = [Image.new("RGB", (8, 8), (n * 60, 0, 0)) for n in range(5)]
    for kind in ("PNG", "WEBP"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert refused(data, max_frames=4).code == "too_many_frames"
        assert media.read_image(data, limits=media.ImageLimits(max_frames=5)).pixels.shape == (8, 8, 3)


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "photo.jpg")
    assert refused(tmp_path / "photo.jpg").code == "not_an_image"
    assert refused(tmp_path).code == "not_an_image"
    with pytest.raises(FileNotFoundError):
        media.read_image(tmp_path / "none.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_each_format_is_read_from_bytes_and_from_a_file(kind: str, tmp_path: Path) -> None:
    data = encoded(quarters(), kind)
    path = tmp_path / "upload"
    path.write_bytes(data)
    for source in (data, path):
        pixels = media.read_image(source).pixels
        assert pixels.shape == (48, 64, 3)
        assert pixels.dtype == np.uint8
        assert close(corners(pixels), QUARTERS, by=20)
    assert media.clean_image(data).source_format == kind


def test_lossless_pixels_come_through_unchanged() -> None:
    photo = images.noise(123, 457)
    assert np.array_equal(media.read_image(encoded(photo, "PNG")).pixels, np.asarray(photo))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG", "AVIF"])
def test_orientation_is_applied_and_stripped(orientation: int, kind: str) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = quarters().transpose(turns[orientation]) if orientation in turns else quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera with a name"
    data = encoded(stored, kind, exif=exif)
    assert close(corners(media.read_image(data).pixels), QUARTERS, by=20)
    clean = media.clean_image(data)
    assert (clean.width, clean.height) == (64, 48)
    assert b"camera" not in clean.data
    assert b"Exif" not in clean.data
    assert close(corners(media.read_clean_image(clean.data).pixels), QUARTERS, by=20)


def test_a_broken_exif_block_costs_the_orientation_not_the_photo() -> None:
    for exif in (b"Exif\0\0II*\0", b"Exif\0\0" + b"\xff" * 40):
        assert close(corners(media.read_image(encoded(quarters(), "JPEG", exif=exif)).pixels), QUARTERS, by=20)


def test_metadata_of_every_kind_is_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(
        quarters(), "JPEG", comment=b"secret place", icc_profile=profile, xmp=b"<x:xmpmeta>secret</x:xmpmeta>"
    )
    assert b"secret" in data
    clean = media.clean_image(data)
    assert b"secret" not in clean.data
    with Image.open(io.BytesIO(clean.data)) as image:
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_cmyk_also_as_adobe_writes_it() -> None:
    data = encoded(quarters().convert("CMYK"))
    assert b"Adobe" in data
    assert close(corners(media.read_image(data).pixels), QUARTERS)


@pytest.mark.parametrize(("color", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_are_scaled_not_clipped(color: int, channels: int) -> None:
    values = np.full((8, 8, channels), 32768, np.uint16)
    if color in (4, 6):
        values[..., -1] = 65535
    pixels = media.read_image(images.png_16_bit(values, color)).pixels
    assert np.abs(pixels.astype(int) - 128).max() <= 1


def test_palette_with_and_without_a_transparent_colour() -> None:
    palette = quarters().quantize(8)
    assert close(corners(media.read_image(encoded(palette, "PNG")).pixels), QUARTERS)
    blue = palette.getpixel((10, 40))
    seen = corners(media.read_image(encoded(palette, "PNG", transparency=blue)).pixels)
    assert close(seen, [(255, 0, 0), (0, 255, 0), (255, 255, 255), (255, 255, 255)])


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_transparency_is_laid_on_white(kind: str) -> None:
    image = quarters().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    pixels = media.read_image(encoded(image, kind)).pixels
    assert pixels.min() >= 253


def test_half_transparent_black_is_grey_on_white() -> None:
    for image in (Image.new("RGBA", (9, 9), (0, 0, 0, 128)), Image.new("LA", (9, 9), (0, 128))):
        pixels = media.read_image(encoded(image, "PNG")).pixels
        assert np.abs(pixels.astype(int) - 127).max() <= 1


@pytest.mark.parametrize("mode", ["L", "1", "LA"])
def test_grey_and_black_and_white(mode: str) -> None:
    image = Image.new("L", (16, 16), 0)
    image.paste(255, (0, 0, 8, 16))
    pixels = media.read_image(encoded(image.convert(mode), "PNG")).pixels
    assert pixels[:, :8].min() == 255
    assert pixels[:, 8:].max() == 0


def test_the_first_frame_of_an_animation_is_taken() -> None:
    frames = [quarters(), Image.new("RGB", (64, 48), "black"), Image.new("RGB", (64, 48), "black")]
    for kind in ("WEBP", "PNG", "AVIF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert close(corners(media.read_image(data).pixels), QUARTERS, by=20)


def test_a_wide_colour_profile_is_converted_and_a_broken_one_ignored() -> None:
    # A profile with red and blue exchanged would be ideal; Lab's D50 white is what Pillow can make itself.
    gamma = (
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes().replace(b"sRGB built-in", b"mRGB built-in")
    )
    assert close(corners(media.read_image(encoded(quarters(), "PNG", icc_profile=gamma)).pixels), QUARTERS, by=3)
    broken = encoded(quarters(), "PNG", icc_profile=b"no profile at all" * 9)
    assert close(corners(media.read_image(broken).pixels), QUARTERS)


def test_clean_image_is_a_plain_jpeg_of_the_same_pixels() -> None:
    photo = quarters(301, 203)
    clean = media.clean_image(encoded(photo, "PNG"))
    assert (clean.content_type, clean.suffix, clean.width, clean.height) == ("image/jpeg", ".jpg", 301, 203)
    assert clean.sha256 == hashlib.sha256(clean.data).hexdigest()
    assert clean.data.startswith(b"\xff\xd8\xff")
    again = media.read_clean_image(clean.data).pixels
    assert np.abs(again.astype(int) - np.asarray(photo)).mean() < 1


def test_large_and_small_images_are_cleaned_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    source = encoded(quarters(301, 203), "PNG")
    here = media.clean_image(source)
    monkeypatch.setattr(media, "ENCODE_HERE_PIXELS", 0)
    assert media.clean_image(source) == here


def test_read_clean_image_refuses_what_is_not_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(media.clean_image(encoded(quarters())).data)
    assert media.read_clean_image(path).width == 64
    for wrong in (b"", b"text", path.read_bytes()[:300]):
        with pytest.raises(media.MediaError):
            media.read_clean_image(wrong)


def test_thumbnails_come_in_order_and_are_never_enlarged() -> None:
    made = media.thumbnails(encoded(quarters(800, 600)), [400, 100, 1600])
    assert [(image.width, image.height) for image in made] == [(400, 300), (100, 75), (800, 600)]
    assert {image.content_type for image in made} == {"image/webp"}
    for image in made:
        assert close(corners(media.read_image(image.data).pixels), QUARTERS, by=20)
    with pytest.raises(ValueError, match="positive"):
        media.thumbnails(encoded(quarters()), [])


@pytest.mark.parametrize("suffix", sorted(media.SUFFIX_FORMATS))
def test_encode_image_writes_what_it_is_asked_for(suffix: str) -> None:
    made = media.encode_image(Picture(np.asarray(quarters())), format=media.SUFFIX_FORMATS[suffix])
    assert (made.width, made.height) == (64, 48)
    assert close(corners(media.read_image(made.data).pixels), QUARTERS, by=20)
    assert media.read_image(made.data).pixels.flags.writeable


def test_one_pixel_and_a_thread() -> None:
    assert media.clean_image(encoded(Image.new("RGB", (1, 1), "red"), "PNG")).width == 1
    thin = media.clean_image(encoded(Image.new("RGB", (1, 30_000), "red"), "PNG"))
    assert (thin.width, thin.height) == (1, 30_000)


def test_clean_image_is_read_whatever_the_limits_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was accepted under an operator's higher limit must be read."""
    clean = media.clean_image(encoded(quarters(64, 48)))
    monkeypatch.setattr(media, "DEFAULT_LIMITS", media.ImageLimits(max_pixels=10))
    assert media.read_clean_image(clean.data).pixels.shape == (48, 64, 3)


def colours(image: media.CleanImage) -> tuple[tuple[int, ...], ...]:
    square = Image.open(io.BytesIO(image.data)).convert("RGB")
    return tuple(square.getpixel((round(x * (square.width - 1)), square.height // 2)) for x in (0.1, 0.9))  # type: ignore[misc]


def test_squares_show_the_middle_or_what_is_asked_for() -> None:
    wide = Image.new("RGB", (900, 300), "red")
    wide.paste("blue", (450, 0, 900, 300))
    data = encoded(wide, "PNG")
    middle = media.squares(data, (64, 160, 320))
    assert [(one.width, one.height, one.content_type) for one in middle] == [
        (64, 64, "image/webp"),
        (160, 160, "image/webp"),
        (300, 300, "image/webp"),  # never enlarged
    ]
    left, right = colours(middle[1])
    assert left[0] > 200 > 50 > left[2]
    assert right[2] > 200 > 50 > right[0]
    for around in ((800.0, 150.0), (5000.0, -40.0)):  # a point beyond the edge is as near as can be
        (square,) = media.squares(data, (64,), around=around, side=200)
        assert all(colour[2] > 200 > 50 > colour[0] for colour in colours(square))


@pytest.mark.parametrize("wrong", [{"sizes": ()}, {"sizes": (0,)}, {"sizes": (64,), "side": 0}])
def test_squares_of_no_size_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="positive"):
        media.squares(encoded(quarters(), "PNG"), **wrong)


def test_squares_of_what_is_no_image_are_refused() -> None:
    with pytest.raises(media.MediaError):
        media.squares(b"I am a letter.", (64,))
