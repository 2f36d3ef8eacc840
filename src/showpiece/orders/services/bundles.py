"""Bundles: several projects of one creator at one price."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.catalog.addresses import free_address
from showpiece.catalog.models import Creator, Project, Status
from showpiece.money import amount_with_currency
from showpiece.orders.bundles import RESERVED, single_price
from showpiece.orders.locks import locked_bundle
from showpiece.orders.models import Bundle, BundleProject
from showpiece.orders.pricing import least_price
from showpiece.orders.quotes import is_orderable

LEAST, MOST = 2, 20


def bundle_create(
    *, creator: Creator, name: str, price_minor: int, projects: Sequence[Project], summary: str = ""
) -> Bundle:
    """A draft, in the currency of its projects. `ValidationError` on a bad field."""
    bundle = Bundle(creator=creator, name=name, summary=summary, price_minor=price_minor)
    taken = {*RESERVED, *Bundle.objects.filter(creator=creator).values_list("slug", flat=True)}
    bundle.slug = free_address(name, taken)
    return _save(bundle, projects)


def bundle_change(
    *, bundle: Bundle, name: str, price_minor: int, projects: Sequence[Project], summary: str = ""
) -> Bundle:
    """Its texts, price and projects; the address stays. Orders that hold it stay as they are."""
    with transaction.atomic():
        current = locked_bundle(bundle.pk)
        current.name, current.summary, current.price_minor = name, summary, price_minor
        return _save(current, projects)


def bundle_set_status(*, bundle: Bundle, status: Status) -> Bundle:
    """Put it on display, or take it off. `ValidationError` if something in it cannot be bought alone."""
    with transaction.atomic():
        current = locked_bundle(bundle.pk)
        if status == Status.PUBLISHED:
            _check(current, projects_of(current))
        current.status, current.updated_at = status, timezone.now()
        current.save(update_fields=["status", "updated_at"])
    return current


def projects_of(bundle: Bundle) -> list[Project]:
    """What it holds, in its order, with all that says whether it can be bought."""
    parts = BundleProject.objects.filter(bundle=bundle).select_related("project__creator", "project__category")
    return [part.project for part in parts.order_by("position", "pk")]


def _save(bundle: Bundle, projects: Sequence[Project]) -> Bundle:
    _check(bundle, projects)
    bundle.currency, bundle.updated_at = projects[0].currency, timezone.now()
    bundle.full_clean(exclude=["creator"], validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            bundle.save()
            bundle.parts.all().delete()
            BundleProject.objects.bulk_create(
                BundleProject(bundle=bundle, project=project, position=position)
                for position, project in enumerate(projects)
            )
    except IntegrityError as error:  # two of one name were made at once
        raise ValidationError({"name": _("There is a bundle of this name.")}, code="taken") from error
    return bundle


def _check(bundle: Bundle, projects: Sequence[Project]) -> None:
    errors: dict[str, Any] = {}
    if not LEAST <= len({project.pk for project in projects}) == len(projects) <= MOST:
        errors["projects"] = _("A bundle holds from %(least)s to %(most)s projects.") % {"least": LEAST, "most": MOST}
    elif any(project.creator_id != bundle.creator_id for project in projects):
        errors["projects"] = _("A bundle of yours holds projects of yours.")
    elif off := [project.name for project in projects if not is_orderable(project) or not least_price(project)]:
        errors["projects"] = _("Not on display, or free: %(names)s.") % {"names": ", ".join(off)}
    elif len({project.currency for project in projects}) > 1:
        errors["projects"] = _("These are not sold in one currency.")
    if not bundle.price_minor or bundle.price_minor < 0:
        errors["price_minor"] = _("A bundle costs more than nothing.")
    elif not errors and bundle.price_minor >= (alone := single_price(projects)):
        cost = amount_with_currency(alone, projects[0].currency)
        errors["price_minor"] = _("One by one they cost %(amount)s: a bundle costs less.") % {"amount": cost}
    if errors:
        raise ValidationError(errors)
