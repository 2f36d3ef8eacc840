"""The photos of a page of people, in one file."""

import base64
import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from django.core.files.storage import storages
from django.test import Client

from showpiece.accounts import photos
from showpiece.accounts.models import Profile, User
from showpiece.accounts.sheet import MOST
from tests.accounts.pictures import photo
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOBODY = "0" * 32
SVG = "{http://www.w3.org/2000/svg}"


def with_photo(name: str) -> User:
    person = UserFactory(username=name, name=name.title())
    Profile.objects.filter(user=person).update(photo=photos.put(photo()))
    person.refresh_from_db()
    return person


def sources(client: Client) -> dict[str, str]:
    """The photo of each person of the list."""
    html = client.get("/people/").content.decode()
    rows = re.findall(r'<li class="people-item">(.*?)</li>', html, re.DOTALL)
    found = {}
    for row in rows:
        name, image = re.search(r"<bdi>(.*?)</bdi>", row), re.search(r'<img src="(.*?)"', row)
        assert name
        found[name[1]] = unescape(image[1]) if image else ""
    return found


def test_all_photos_of_a_page_are_one_file(client: Client) -> None:
    people = {person.name: person for person in (with_photo("anna"), with_photo("bella"))}
    UserFactory(name="Plain")
    found = sources(client)
    assert found["Plain"] == ""
    addresses = {source.partition("#")[0] for source in found.values() if source}
    assert len(addresses) == 1
    answer = client.get(addresses.pop())
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    root = ET.fromstring(answer.content)  # noqa: S314  # our own
    views = {view.attrib["id"]: view.attrib["viewBox"].split()[1] for view in root.iter(f"{SVG}view")}
    images = {image.attrib["y"]: image.attrib["href"] for image in root.iter(f"{SVG}image")}
    for name, person in people.items():
        with storages["public"].open(person.profile.photo_name(64)) as file:
            stored = file.read()
        shown = images[views[found[name].partition("#")[2]]]
        assert base64.b64decode(shown.removeprefix("data:image/webp;base64,")) == stored


def test_a_photo_that_is_gone_moves_no_other(client: Client) -> None:
    gone, there = with_photo("gone"), with_photo("there")
    found = sources(client)
    photos.drop(gone.profile.photo_names)
    root = ET.fromstring(client.get(found["There"].partition("#")[0]).content)  # noqa: S314
    images = [image.attrib["y"] for image in root.iter(f"{SVG}image")]
    view = next(view for view in root.iter(f"{SVG}view") if view.attrib["id"] == found["There"].partition("#")[2])
    assert images == [view.attrib["viewBox"].split()[1]]
    photos.drop(there.profile.photo_names)
    assert client.get(found["There"].partition("#")[0]).status_code == 404


@pytest.mark.parametrize("names", ["x", "-", NOBODY, "-".join([NOBODY] * (MOST + 1)), "..", "a" * 5000])
def test_made_up_addresses_are_not_found(client: Client, names: str) -> None:
    assert client.get(f"/people/photos/{names}.svg").status_code == 404


def test_nobody_has_a_photo(client: Client) -> None:
    UserFactory(name="Plain")
    assert sources(client) == {"Plain": ""}
