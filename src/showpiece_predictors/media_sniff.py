"""What kind of file the first bytes show. Reads bytes only, so it is safe on anything, anywhere."""

from __future__ import annotations

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")


def sniff(head: bytes) -> str:
    """The format that the first bytes show: a name of `FORMATS`, another picture format's name, or "" for no picture.

    Works on bytes alone and never decodes, so it is safe outside the child.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    for magic, name in (
        (b"GIF8", "GIF"),
        (b"BM", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"\0\0\1\0", "ICO"),
        (b"8BPS", "PSD"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"\0\0\0\x0cjP  ", "JPEG 2000"),
        (b"%PDF", "PDF"),
    ):
        if head.startswith(magic):
            return name
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in text):
        return "SVG"
    return ""


#: The films that we open, by what `sniff_film` calls them, with the demuxer of libavformat that reads each.
CONTAINERS = {"MP4": "mov", "MOV": "mov", "WebM": "matroska", "Matroska": "matroska"}
#: First boxes of a QuickTime film that is older than `ftyp`, or was written without it.
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def sniff_film(head: bytes) -> str:
    """The container that the first bytes show: a key of `CONTAINERS`, the name of another kind of file, or ""."""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "WebM" if b"webm" in head[:64] else "Matroska"
    box = head[4:8]
    if box in _QUICKTIME:
        return "MOV"
    if kind := sniff(head):
        if kind != "video":
            return kind
        return "MOV" if head[8:12] == b"qt  " else "MP4"
    for magic, name in (
        (b"OggS", "Ogg"),
        (b"FLV\x01", "FLV"),
        (b"\x30\x26\xb2\x75", "WMV"),
        (b"\0\0\1\xba", "MPEG"),
        (b"\0\0\1\xb3", "MPEG"),
        (b"ID3", "MP3"),
        (b"\xff\xfb", "MP3"),
        (b"fLaC", "FLAC"),
        (b"PK\3\4", "ZIP"),
    ):
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF":
        return {b"AVI ": "AVI", b"WAVE": "WAV"}.get(head[8:12], "")
    if head[:1] == b"\x47" and head[188:189] == b"\x47":
        return "MPEG"
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"#extm3u", b"ffconcat", b"[playlist]")):
        return "Playlist"
    return "HTML" if text.startswith((b"<!doctype html", b"<html")) else ""


def _sniff_brands(head: bytes) -> str:
    """ISO base media: the major and the compatible brands of the `ftyp` box tell AVIF from HEIC and from films."""
    size = min(max(int.from_bytes(head[:4], "big"), 16), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return "HEIC"
    return "video"
