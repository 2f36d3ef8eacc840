"""The photos of a page of people as one file: two dozen of them would be two dozen requests.

An SVG that holds the stored squares as they are, each at a place of its own with a name (`#p0`, `#p1` …). So nothing is
decoded, and any picture of the page shows its part of it. What is in it stands in its address, so browsers keep it.
"""

import base64
import uuid
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from django.urls import reverse

from showpiece.accounts.models import PHOTO_SIZES, Profile, public_storage
from showpiece.accounts.photos import FOLDER

MOST = 24
SIZE = PHOTO_SIZES[0]
# Between two photos, so that none shows a line of the next where a screen has odd pixels.
GAP = 8


class PhotoSheet:
    """Where on the page's one file the photo of each of these people is. At most `MOST` of them have one."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        photos = [profile.photo for profile in profiles if profile.photo][:MOST]
        self._places = {photo: place for place, photo in enumerate(photos)}
        names = "-".join(uuid.UUID(photo.removeprefix(f"{FOLDER}/")).hex for photo in photos)
        self._address = reverse("photo_sheet", args=[names]) if names else ""

    def url(self, profile: Profile | None) -> str:
        """The address of a photo, "" where there is none."""
        place = self._places.get(profile.photo) if profile else None
        return "" if place is None else f"{self._address}#p{place}"


def drawn(names: str) -> bytes | None:
    """The file with that name; None if that is no name of one, or nothing of it is there any more.

    The place of a photo that is gone stays empty.
    """
    try:
        photos = [f"{FOLDER}/{uuid.UUID(name)}" for name in names.split("-")]
    except ValueError:
        return None
    if len(photos) > MOST:
        return None
    parts = [_part(photo, place * (SIZE + GAP)) for place, photo in enumerate(photos)]
    if not any(parts):
        return None
    views = "".join(
        f'<view id="p{place}" viewBox="0 {place * (SIZE + GAP)} {SIZE} {SIZE}"/>' for place in range(len(photos))
    )
    box = f"0 0 {SIZE} {len(photos) * (SIZE + GAP)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{views}{"".join(parts)}</svg>'.encode()


def _part(photo: str, y: int) -> str:
    try:
        with public_storage().open(Profile(photo=photo).photo_name(SIZE)) as file:
            data = base64.b64encode(file.read()).decode()
    except OSError:
        return ""
    link = quoteattr(f"data:image/webp;base64,{data}")
    return f'<image y="{y}" width="{SIZE}" height="{SIZE}" href={link}/>'
