"""What changes people's accounts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from showpiece.accounts import photo_jobs, photos
from showpiece.accounts.locks import locked_profile
from showpiece.accounts.models import Profile, ProfileLink, User
from showpiece_predictors.media import CleanImage


@transaction.atomic
def user_add(
    *, email: str, username: str, password: str | None, name: str = "", staff: bool = False, **fields: Any
) -> User:
    """A user whose address counts as confirmed, because the operator vouches for it.

    Without a password nobody can sign in as them before they have set one by mail. Raises `ValidationError` on a bad
    field.
    """
    create = User.objects.create_superuser if staff else User.objects.create_user
    user = create(email, username, password, name=name, **fields)
    address_confirm(user)
    return user


def address_confirm(user: User) -> None:
    """The user's address is their primary one, and confirmed."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def session_end(user: User, pk: int) -> bool:
    """Sign one session of the user out; False if there is none of that number, or none of theirs."""
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session is None:
        return False
    session.end()
    return True


@transaction.atomic
def address_replace(user: User) -> None:
    """The user's address was changed by the operator, who vouches for it: it is the only one, and confirmed."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    address_confirm(user)


def profile_ensure(user: User) -> Profile:
    """The profile of a user, made empty if there is none."""
    return Profile.objects.get_or_create(user=user)[0]


@dataclass(frozen=True)
class ProfileChanges:
    """All that a person tells of themselves, as it shall be. Without a photo the present one stays."""

    name: str
    bio: str = ""
    location: str = ""
    links: Sequence[str] = ()
    show_email: bool = False
    show_online: bool = True
    photo: CleanImage | None = None
    remove_photo: bool = False
    center_on_face: bool = True


def profile_save(user: User, changes: ProfileChanges) -> Profile:
    """Save user and profile together or not at all.

    Raises `ValidationError` by field, where the first link is `link_1`, and `media.MediaError` for a photo that cannot
    be cut. The photo is centred on a face later.
    """
    photo = photos.put(changes.photo.data) if changes.photo else ""
    source = ""
    try:
        source = photos.put_source(changes.photo) if changes.photo and changes.center_on_face else ""
        with transaction.atomic():
            profile = locked_profile(user)
            _name_set(user, changes.name)
            for name in ("bio", "location", "show_email", "show_online"):
                setattr(profile, name, getattr(changes, name))
            if photo or changes.remove_photo:
                _photo_set(profile, photo, source)
            profile.full_clean(exclude=["user"])
            profile.save(update_fields=["bio", "location", "show_email", "show_online", *PHOTO_FIELDS])
            _links_set(profile, changes.links)
            if source:
                photo_jobs.send(profile.pk)
    except BaseException:
        photos.drop(Profile(photo=photo).photo_names)
        photos.drop_source(source)
        raise
    return profile


PHOTO_FIELDS = ("photo", "photo_source", "photo_changed_at")


def _name_set(user: User, name: str) -> None:
    fresh = User.objects.get(pk=user.pk)
    fresh.name = name
    fresh.full_clean(exclude=[field.name for field in User._meta.fields if field.name != "name"], validate_unique=False)
    fresh.save(update_fields=["name"])


def _photo_set(profile: Profile, photo: str, source: str = "") -> None:
    """Change the fields; the old files go when that is kept."""
    transaction.on_commit(partial(photos.drop, profile.photo_names))
    transaction.on_commit(partial(photos.drop_source, profile.photo_source))
    profile.photo, profile.photo_source, profile.photo_changed_at = photo, source, timezone.now()


def _links_set(profile: Profile, urls: Sequence[str]) -> None:
    links = [ProfileLink(profile=profile, position=position, url=url) for position, url in enumerate(urls)]
    for link in links:
        try:
            link.clean_fields()
        except ValidationError as error:
            raise ValidationError({f"link_{link.position + 1}": error.messages}) from error
    profile.links.all().delete()
    ProfileLink.objects.bulk_create(links)


@transaction.atomic
def photo_remove(user: User) -> None:
    """Remove the user's photo and its files, if there is one."""
    profile = locked_profile(user)
    _photo_set(profile, "")
    profile.save(update_fields=PHOTO_FIELDS)


def photo_center(user_id: uuid.UUID) -> bool:
    """Cut the photo anew around its largest face. False if that is done, or the photo is another by now."""
    profile = Profile.objects.filter(pk=user_id).exclude(photo_source="").first()
    if profile is None:
        return False
    photo = photos.put_around_face(profile.photo_source)
    still = Profile.objects.filter(pk=user_id, photo_source=profile.photo_source)
    changed = still.update(photo_source="", **({"photo": photo} if photo else {}))
    if photo and changed:
        photo_jobs.drop_later(profile.photo_names)  # a page that was opened a second ago still asks for them
    elif photo:
        photos.drop(Profile(photo=photo).photo_names)
    if changed:
        photos.drop_source(profile.photo_source)
    return bool(changed)


def photo_leave(profile: Profile) -> None:
    """Leave a photo as it is that could not be centred."""
    if Profile.objects.filter(pk=profile.pk, photo_source=profile.photo_source).update(photo_source=""):
        photos.drop_source(profile.photo_source)
