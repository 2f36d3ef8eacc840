"""What the pages for staff read of donations."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.donations.models import Donation, DonationPart, Pledge, PledgePart
from showpiece.numbering import NUMBER_ALPHABET, NUMBER_LENGTH
from showpiece.several import ids_of

# Of what fits a search, the newest so many by each of its ways; and so many people and projects are looked at.
MOST_FOUND, MOST_NAMED = 500, 20


def donations_like(text: str) -> set[uuid.UUID]:
    """Ids of donations with that number, or of a monthly one with it; of that e-mail, name or member; or to such a
    project. Each way goes by an index. Two queries."""
    text = text.strip()
    number = _number(text)
    monthly = [Pledge.objects.filter(number=number).values_list("pk")] if number else []
    users, named, *pledges = ids_of([_people(text), _projects(text), *monthly])
    donations = Donation.objects.order_by("-pk").values_list("pk")
    ways: list[QuerySet[Any, Any]] = [
        donations.filter(email__in={text, text.lower()}),
        donations.filter(name=text).exclude(name=""),
    ]
    if number:
        ways.append(donations.filter(number=number))
    ways += [donations.filter(pledge__in=found) for found in pledges if found]
    if users:
        ways.append(donations.filter(user__in=users))
    # The newest of each project: of all of them at once no index has the order.
    parts = DonationPart.objects.order_by("-pk").values_list("donation_id")
    ways += [parts.filter(project=project) for project in named]
    return _found(ways)


def pledges_like(text: str) -> set[uuid.UUID]:
    """The same of monthly donations, each way by an index, too."""
    text = text.strip()
    users, named = ids_of([_people(text), _projects(text)])
    pledges = Pledge.objects.order_by("-pk").values_list("pk")
    ways: list[QuerySet[Any, Any]] = [
        pledges.filter(email__in={text, text.lower()}),
        pledges.filter(name=text).exclude(name=""),
    ]
    if number := _number(text):
        ways.append(pledges.filter(number=number))
    if users:
        ways.append(pledges.filter(user__in=users))
    parts = PledgePart.objects.order_by("-pk").values_list("pledge_id")
    ways += [parts.filter(project=project) for project in named]
    return _found(ways)


def _found(ways: "Sequence[QuerySet[Any, Any]]") -> set[uuid.UUID]:
    return {pk for found in ids_of([way[:MOST_FOUND] for way in ways]) for pk in found}


def _number(text: str) -> str:
    """The number that was typed, "" if it is none."""
    number = "".join(letter for letter in text.upper() if letter in NUMBER_ALPHABET)
    return f"{number[:4]}-{number[4:]}" if len(number) == NUMBER_LENGTH else ""


def _people(text: str) -> "QuerySet[User, Any]":
    people = User.objects.filter(Q(username__iexact=text) | Q(email__iexact=text) | Q(name__iexact=text))
    return people.values_list("pk")[:MOST_NAMED]


def _projects(text: str) -> "QuerySet[Project, Any]":
    return Project.objects.filter(Q(name__icontains=text) | Q(slug=text)).values_list("pk")[:MOST_NAMED]
