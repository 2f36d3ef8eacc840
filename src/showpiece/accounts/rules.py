"""Who may see and do what with a person's profile. Pages ask here and nowhere else.

    may("accounts.see_email", viewer, person)

`viewer` is who looks, signed in or not, and `person` the user whose profile it is, with the profile. A superuser may no
more than others: what staff may do, they do in the back office.
"""

import rules
from django.contrib.auth.models import AnonymousUser

from showpiece.accounts.models import Profile, User

Viewer = User | AnonymousUser


def profile_of(person: User) -> Profile | None:
    """The profile of a person, None for a row that was written past everything that makes one."""
    return getattr(person, "profile", None)


def _active(viewer: Viewer, person: User) -> bool:
    return person.is_active


def _self(viewer: Viewer, person: User) -> bool:
    return viewer.is_authenticated and viewer.pk == person.pk


def _shows_email(viewer: Viewer, person: User) -> bool:
    profile = profile_of(person)
    return profile is not None and profile.show_email


def _shows_online(viewer: Viewer, person: User) -> bool:
    profile = profile_of(person)
    return profile is not None and profile.show_online


is_active, is_self, shows_email, shows_online = map(rules.predicate, (_active, _self, _shows_email, _shows_online))

rules.add_perm("accounts.view_person", is_active)
rules.add_perm("accounts.edit_profile", is_active & is_self)
# What people hide is hidden on their own page as well: so they see what others see.
rules.add_perm("accounts.see_email", is_active & shows_email)
rules.add_perm("accounts.see_presence", is_active & shows_online)


def may(what: str, viewer: Viewer, person: User) -> bool:
    """Whether `viewer` may do `what` with `person`."""
    return bool(rules.has_perm(what, viewer, person))
