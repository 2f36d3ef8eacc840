"""Photos of people: what is taken, what is kept of it, and what is shown."""

import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage, storages
from django.test import Client
from django.utils import timezone
from PIL import Image

from showpiece.accounts import photo_jobs, photos, services
from showpiece.accounts.models import PHOTO_SIZES, Profile, User
from showpiece.accounts.services import ProfileChanges
from showpiece_predictors import media
from showpiece_predictors.base import Picture
from showpiece_predictors.faces import largest
from showpiece_predictors.faces.detect import Detection
from showpiece_predictors.weights import missing, models_directory
from tests.accounts.pictures import photo, upload
from tests.factories import UserFactory

EDIT = "/accounts/profile/"
FORM = {"name": "Anna", "show_online": "on"}
ASTRONAUT = Path(largest.__file__).with_name("sample.jpg")

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return UserFactory(username="anna", name="Anna")


@pytest.fixture
def own(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def files(store: str) -> list[str]:
    folder = Path(storages[store].location) / "people"  # type: ignore[attr-defined]
    return sorted(path.name for path in folder.glob("*"))


def profile(person: User) -> Profile:
    return Profile.objects.get(user=person)


def opened(name: str) -> Image.Image:
    with storages["public"].open(name) as file:
        return Image.open(io.BytesIO(file.read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_three_squares_whatever_it_is_called(own: Client, person: User, kind: str) -> None:
    assert own.post(EDIT, {**FORM, "photo": upload(photo(kind=kind), "../../x.html")}).status_code == 302
    names = profile(person).photo_names
    assert [opened(name).size for name in names] == [(64, 64), (160, 160), (320, 320)]
    for name in names:
        assert opened(name).format == "WEBP"
        assert not opened(name).getexif()
        assert "html" not in name
    text = own.get("/@anna/").content.decode()
    assert profile(person).large_photo_url in text
    assert own.get(profile(person).photo_url)["Content-Type"] == "image/webp"


def test_the_middle_is_shown_at_once(person: User) -> None:
    services.profile_save(person, ProfileChanges(name="Anna", photo=media.clean_image(photo())))
    square = opened(profile(person).photo_names[0]).convert("RGB")
    left, right = square.getpixel((4, 32)), square.getpixel((60, 32))
    assert left[0] > 200 > 60 > left[2]  # type: ignore[index, operator]
    assert right[2] > 200 > 60 > right[0]  # type: ignore[index, operator]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not supported"),
        (b"MZ this is a program", "not an image"),
        (b"<html><script>alert(1)</script></html>", "not an image"),
        (photo()[:900], "damaged"),
    ],
)
def test_a_bad_photo_is_refused_at_its_field_and_nothing_is_kept(
    own: Client, person: User, data: bytes, says: str
) -> None:
    response = own.post(EDIT, {**FORM, "name": "New", "photo": upload(data)})
    assert says in response.context["form"].errors["photo"][0]
    assert (User.objects.get().name, profile(person).photo) == ("Anna", "")
    assert files("public") == files("default") == []


def test_a_new_photo_takes_the_place_of_the_old_one(
    own: Client, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        own.post(EDIT, {**FORM, "photo": upload(photo())})
    old = profile(person).photo
    with django_capture_on_commit_callbacks(execute=True):
        own.post(EDIT, {**FORM, "photo": upload(photo(kind="PNG"))})
    assert profile(person).photo != old
    assert len(files("public")) == 3
    assert len(files("default")) == 1
    assert not [name for name in files("public") if name.startswith(old.rpartition("/")[2])]


def test_a_photo_can_be_removed(own: Client, person: User, django_capture_on_commit_callbacks: Any) -> None:
    assert "remove_photo" not in own.get(EDIT).content.decode()
    own.post(EDIT, {**FORM, "photo": upload(photo())})
    assert "remove_photo" in own.get(EDIT).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        own.post(EDIT, {**FORM, "remove_photo": "on"})
    assert profile(person).photo == ""
    assert files("public") == files("default") == []
    assert "<img" not in own.get("/@anna/").content.decode().split("</header>")[1]


def test_a_save_that_fails_keeps_no_new_file_and_every_old_one(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    services.profile_save(person, ProfileChanges(name="Anna", photo=media.clean_image(photo())))
    before = files("public"), files("default")

    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(photo_jobs, "send", fail)
    with pytest.raises(RuntimeError):
        services.profile_save(person, ProfileChanges(name="Anna", photo=media.clean_image(photo())))
    assert (files("public"), files("default")) == before


# The face


def face_at(x: float, y: float, size: float) -> Detection:
    half = size / 2
    return Detection((x - half, y - half, x + half, y + half), np.zeros((5, 2), np.float32), 0.9)


def with_photo(person: User, data: bytes) -> Profile:
    services.profile_save(person, ProfileChanges(name="Anna", photo=media.clean_image(data)))
    return profile(person)


def test_the_job_centres_the_photo_on_its_face(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    before = with_photo(person, photo(1600, 800))
    monkeypatch.setattr(largest, "largest_face", lambda *_: face_at(1300, 400, 150))
    assert services.photo_center(person.pk)
    after = profile(person)
    assert after.photo != before.photo
    assert after.photo_source == ""
    assert files("default") == []
    square = opened(after.photo_names[2]).convert("RGB")
    assert square.size == (320, 320)
    assert square.getpixel((4, 160))[2] > 200  # type: ignore[index, operator]  # only the blue half
    assert not services.photo_center(person.pk)
    # A page that was opened before still shows those of before; they go with the strays.
    assert all(storages["public"].exists(name) for name in before.photo_names)
    monkeypatch.setattr(photos, "STRAY_AFTER", timedelta(seconds=-1))
    assert photos.forget_strays() == len(PHOTO_SIZES)
    assert not any(storages["public"].exists(name) for name in before.photo_names)


def test_a_photo_that_changed_meanwhile_is_left_alone(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with_photo(person, photo())

    def slow(*_: object) -> Detection:
        Profile.objects.update(photo="people/newer", photo_source="people/newer.jpg")
        return face_at(100, 100, 50)

    monkeypatch.setattr(largest, "largest_face", slow)
    assert not services.photo_center(person.pk)
    assert profile(person).photo == "people/newer"
    assert len(files("public")) == 3, "the squares of the late job are gone"


@pytest.mark.parametrize("trouble", [OSError("no weights"), MemoryError(), None])
def test_without_a_face_or_a_model_the_middle_stays(
    person: User, monkeypatch: pytest.MonkeyPatch, trouble: BaseException | None
) -> None:
    before = with_photo(person, photo())

    def look(*_: object) -> None:
        if trouble:
            raise trouble

    monkeypatch.setattr(largest, "largest_face", look)
    assert services.photo_center(person.pk)
    after = profile(person)
    assert (after.photo, after.photo_source) == (before.photo, "")
    assert files("default") == []


@pytest.mark.skipif(bool(missing(["centerface"], models_directory())), reason="the weights are not here")
def test_the_real_detector_finds_the_astronaut() -> None:
    picture: Picture = media.read_image(ASTRONAUT)
    face = largest.largest_face(picture, models_directory())
    assert face is not None
    x, y = face.center
    assert 0.3 < x / picture.width < 0.6
    assert y / picture.height < 0.4


def test_a_lost_job_is_sent_again_and_given_up_at_last(person: User) -> None:
    with_photo(person, photo())
    assert photo_jobs.send_lost() == 0
    Profile.objects.update(photo_changed_at=timezone.now() - photo_jobs.LOST_AFTER * 2)
    assert photo_jobs.send_lost() == 1
    Profile.objects.update(photo_changed_at=timezone.now() - photo_jobs.GIVE_UP_AFTER * 2)
    assert photo_jobs.send_lost() == 0
    assert files("default") == []
    assert profile(person).photo_source == ""
    assert profile(person).photo


def test_files_that_are_gone_hold_up_nothing() -> None:
    photos.drop(["people/none.webp", ""])
    assert not default_storage.exists("people/none.webp")


def test_the_web_process_never_loads_the_detector() -> None:
    """Not with the pages, nor by cutting a photo."""
    code = """
import sys, django
django.setup()
import showpiece.config.urls
from showpiece.accounts import photos, forms_profile
from showpiece_predictors import media
from tests.accounts.pictures import photo
media.squares(media.clean_image(photo()).data, (64,))
print(sorted({"onnxruntime", "numpy", "showpiece_predictors.faces.detect"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_files_that_no_profile_names_are_found(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = services.profile_save(person, ProfileChanges(name="Anna", photo=media.clean_image(photo())))
    stray, source = photos.put(photo()), photos.put_source(media.clean_image(photo()))
    assert photos.forget_strays() == 0, "they may still be on their way into a row"
    monkeypatch.setattr(photos, "STRAY_AFTER", timedelta(seconds=-1))
    assert photos.forget_strays() == len(PHOTO_SIZES) + 1
    public = storages["public"]
    assert not any(public.exists(name) for name in Profile(photo=stray).photo_names)
    assert not default_storage.exists(source)
    assert all(public.exists(name) for name in kept.photo_names)
    assert default_storage.exists(kept.photo_source)
    assert photos.forget_strays() == 0
