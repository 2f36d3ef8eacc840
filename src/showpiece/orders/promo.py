"""Whether a promo code counts, and for what. Reading only."""

from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import format_percent
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.money import amount_with_currency
from showpiece.orders.models import PromoCode, PromoUse, is_code
from showpiece.orders.pricing import QuotedLine


def promo_named(code: str) -> PromoCode | None:
    """The code of this name, in whatever case."""
    return PromoCode.objects.filter(is_code(code)).first() if code else None


def is_known(code: str) -> bool:
    """Whether there is such a code, for whoever asks now."""
    return _is_told(promo_named(code))


def _is_told(promo: PromoCode | None) -> bool:
    return bool(promo and promo.is_active and (promo.starts_at is None or promo.starts_at <= timezone.now()))


def off_text(promo: PromoCode) -> str:
    """What it takes off, in words."""
    if promo.kind == PromoCode.Kind.PERCENT:
        return format_percent(Decimal(promo.percent or 0) / 100, locale=to_locale(get_language() or "en"))
    if promo.kind == PromoCode.Kind.AMOUNT:
        return amount_with_currency(promo.amount_minor or 0, promo.currency)
    return str(promo.get_kind_display())


def promo_problem(promo: PromoCode | None, *, currency: str, user: User | None, email: str) -> str:
    """Why the code cannot be used by this person now, in their language; "" if it can."""
    now = timezone.now()
    if promo is None or not _is_told(promo):
        return _("There is no such promo code.")
    if promo.ends_at and promo.ends_at <= now:
        return _("This promo code is over.")
    if promo.kind == PromoCode.Kind.AMOUNT and promo.currency != currency:
        return _("This promo code is for prices in %(currency)s.") % {"currency": promo.currency}
    if promo.max_uses is not None and _reaches(PromoUse.objects.filter(code=promo), promo.max_uses):
        return _("This promo code is used up.")
    if promo.max_uses_each is not None and _uses_of(promo, user, email, promo.max_uses_each) >= promo.max_uses_each:
        return _("You have used this promo code already.")
    return ""


def _reaches(rows: QuerySet[PromoUse], limit: int) -> bool:
    """Whether there are so many. Counted no further: a code may have been used a million times."""
    return rows.order_by().values("pk")[:limit].count() >= limit


def _uses_of(promo: PromoCode, user: User | None, email: str, most: int) -> int:
    """Under an account or an address: whoever signs out is no other person. Counted as far as `most`."""
    used = PromoUse.objects.filter(code=promo)
    ways = [used.filter(email=email.lower())] if email else []
    if user is not None:
        ways += [used.filter(user=user), used.filter(email=user.email.lower())]
    return len({pk for way in ways for pk in way.order_by().values_list("pk", flat=True)[:most]})


def eligible(promo: PromoCode, lines: Sequence[QuotedLine]) -> list[bool]:
    """For which lines it holds. Projects and creators that are named widen each other; none named means all."""
    # Ids of both in one query: they cannot be the same.
    both = promo.projects.order_by().values_list("pk").union(promo.creators.order_by().values_list("pk"))
    named = {pk for (pk,) in both}

    def holds(line: QuotedLine) -> bool:
        if promo.creator_id is not None and line.project.creator_id != promo.creator_id:
            return False
        return not named or line.project.pk in named or line.project.creator_id in named

    return [holds(line) for line in lines]
