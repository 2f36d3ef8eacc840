"""Photos that tests send."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def photo(width: int = 640, height: int = 480, kind: str = "JPEG", left: str = "red") -> bytes:
    """Left half red, right half blue, with a place in its metadata."""
    image = Image.new("RGB", (width, height), left)
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill="blue")
    exif = Image.Exif()
    exif[0x010E] = "at my house"
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


def upload(data: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")
