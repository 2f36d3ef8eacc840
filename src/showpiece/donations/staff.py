"""What the pages for staff read of donations."""

import uuid
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.donations.models import Donation, DonationPart, Pledge, PledgePart
from showpiece.json_rows import JsonRows
from showpiece.numbering import NUMBER_ALPHABET, NUMBER_LENGTH

# Of what fits a search, the newest so many by each of its ways; and so many people and projects are looked at.
MOST_FOUND, MOST_NAMED = 500, 20


def donations_like(text: str) -> set[uuid.UUID]:
    """Ids of donations with that number, or of a monthly one with it; of that e-mail, name or member; or to such a
    project. Each way goes by an index."""
    text = text.strip()
    donations = Donation.objects.order_by("-pk")
    ways = [donations.filter(email__in={text, text.lower()}), donations.filter(name=text).exclude(name="")]
    if number := _number(text):
        ways.append(donations.filter(number=number))
        if pledge := Pledge.objects.filter(number=number).first():
            ways.append(donations.filter(pledge=pledge))
    if users := _people(text):
        ways.append(donations.filter(user__in=users))
    found = {pk for way in ways for pk in way.values_list("pk", flat=True)[:MOST_FOUND]}
    return found | _given_to(text, DonationPart.objects.values_list("donation_id"))


def pledges_like(text: str) -> set[uuid.UUID]:
    """The same of monthly donations, each way by an index, too."""
    text = text.strip()
    pledges = Pledge.objects.order_by("-pk")
    ways = [pledges.filter(email__in={text, text.lower()}), pledges.filter(name=text).exclude(name="")]
    if number := _number(text):
        ways.append(pledges.filter(number=number))
    if users := _people(text):
        ways.append(pledges.filter(user__in=users))
    found = {pk for way in ways for pk in way.values_list("pk", flat=True)[:MOST_FOUND]}
    return found | _given_to(text, PledgePart.objects.values_list("pledge_id"))


def _given_to(text: str, parts: "QuerySet[Any, Any]") -> set[uuid.UUID]:
    """Ids of what projects of that name were given, as `parts` has them."""
    named = _projects(text)
    if not named:
        return set()
    # The newest of each project, in one query: of all of them at once no index has the order.
    newest = parts.filter(project=OuterRef("pk")).order_by("-pk")[:MOST_FOUND]
    rows = Project.objects.filter(pk__in=named).values_list(JsonRows(newest), flat=True)
    return {uuid.UUID(pk) for ids in rows for (pk,) in ids or ()}


def _number(text: str) -> str:
    """The number that was typed, "" if it is none."""
    number = "".join(letter for letter in text.upper() if letter in NUMBER_ALPHABET)
    return f"{number[:4]}-{number[4:]}" if len(number) == NUMBER_LENGTH else ""


def _people(text: str) -> list[uuid.UUID]:
    people = User.objects.filter(Q(username__iexact=text) | Q(email__iexact=text) | Q(name__iexact=text))
    return list(people.values_list("pk", flat=True)[:MOST_NAMED])


def _projects(text: str) -> list[uuid.UUID]:
    projects = Project.objects.filter(Q(name__icontains=text) | Q(slug=text))
    return list(projects.values_list("pk", flat=True)[:MOST_NAMED])
