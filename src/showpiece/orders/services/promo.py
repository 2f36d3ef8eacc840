"""Promo codes: making and changing them. Staff make those of the shop, creators their own, for their projects only."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from showpiece.catalog.models import Creator, Project
from showpiece.orders.locks import locked_promo
from showpiece.orders.models import PromoCode, is_code

FIELDS = (
    *("code", "kind", "percent", "amount_minor", "currency", "starts_at", "ends_at", "max_uses", "max_uses_each"),
    "is_active",
)


def promo_create(
    *,
    creator: Creator | None = None,
    projects: Iterable[Project] = (),
    creators: Iterable[Creator] = (),
    **fields: Any,
) -> PromoCode:
    """A new code. `creator`: whose it is, None for the shop. Fields as in `FIELDS`; what the kind has no use for is
    left out. `ValidationError` on a bad field."""
    return _save(PromoCode(creator=creator), projects, creators, fields)


def promo_change(
    *,
    promo: PromoCode,
    projects: Iterable[Project] | None = None,
    creators: Iterable[Creator] | None = None,
    **fields: Any,
) -> PromoCode:
    """Change the fields named. Orders that used the code stay as they are. `ValidationError` on a bad field."""
    with transaction.atomic():
        current = locked_promo(PromoCode.objects.get(pk=promo.pk).code)
        if current is None:
            raise ValidationError(_("This promo code was changed in between. Please look again."), code="changed")
        return _save(current, projects, creators, fields)


def _save(
    promo: PromoCode, projects: Iterable[Project] | None, creators: Iterable[Creator] | None, fields: dict[str, Any]
) -> PromoCode:
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"no fields of a promo code: {unknown}")
    for name, value in fields.items():
        setattr(promo, name, value)
    if promo.kind != PromoCode.Kind.PERCENT:
        promo.percent = None
    if promo.kind != PromoCode.Kind.AMOUNT:
        promo.amount_minor, promo.currency = None, ""
    chosen = None if projects is None else list(projects)
    _check(promo, chosen or ())
    taken = ValidationError({"code": _("There is such a code already.")})
    if PromoCode.objects.filter(is_code(promo.code)).exclude(pk=promo.pk).exists():
        raise taken
    promo.full_clean(exclude=["creator"], validate_constraints=False)
    try:
        with transaction.atomic():
            promo.save()
            if chosen is not None:
                promo.projects.set(chosen)
            if creators is not None:
                promo.creators.set(creators)
    except IntegrityError as error:  # somebody was faster
        raise taken from error
    return promo


def _check(promo: PromoCode, projects: Iterable[Project]) -> None:
    errors: dict[str, Any] = {}
    if promo.kind == PromoCode.Kind.PERCENT and promo.percent is None:
        errors["percent"] = _("How many percent?")
    if promo.kind == PromoCode.Kind.AMOUNT:
        if not promo.amount_minor:
            errors["amount_minor"] = _("How much?")
        if not promo.currency:
            errors["currency"] = _("In which currency?")
    if promo.starts_at and promo.ends_at and promo.ends_at <= promo.starts_at:
        errors["ends_at"] = _("It ends before it begins.")
    if promo.creator_id and any(project.creator_id != promo.creator_id for project in projects):
        errors["projects"] = _("A code of yours is for projects of yours.")
    if errors:
        raise ValidationError(errors)
