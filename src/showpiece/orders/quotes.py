"""What is in a cart, and what it costs now. Reading only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.display import is_on_display, on_display
from showpiece.catalog.models import Project, Status
from showpiece.orders import promo as promos
from showpiece.orders.models import Bundle, BundleProject, Cart, CartItem, Order, OrderLine, PromoCode, TaxRate
from showpiece.orders.pricing import Quote, QuotedLine, asked_price, bundle_lines, with_discount, with_fee, with_tax
from showpiece.prepared import Prepared, Slot


@dataclass(frozen=True)
class Wish:
    """An item of a cart. `problem`: why it cannot be bought now, for the buyer; then it has no lines."""

    item: CartItem
    lines: tuple[QuotedLine, ...] = ()
    problem: str = ""
    # They have bought it before.
    is_owned: bool = False

    @property
    def price_minor(self) -> int:
        return sum(line.price_minor for line in self.lines)

    @property
    def currency(self) -> str:
        return (self.item.project or self.item.bundle).currency  # type: ignore[union-attr]  # one of them is there


def orderable(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Those that can be bought now: on display, with their creator and category."""
    return on_display(projects)


def is_orderable(project: Project) -> bool:
    """The same of one that was read with creator and category."""
    return is_on_display(project)


def is_sold(bundle: Bundle, projects: Sequence[Project]) -> bool:
    """Whether everything in a bundle can be bought, and in its currency. Whether it is on display itself is another
    question."""
    return bool(projects) and all(is_orderable(one) and one.currency == bundle.currency for one in projects)


@Prepared
def _items_in() -> QuerySet[CartItem]:
    items = CartItem.objects.filter(cart=Slot(0, Cart._meta.pk)).select_related(
        "project__creator", "project__category", "bundle__creator"
    )
    return items.defer("project__description").order_by("pk")


def cart_items(cart: Cart) -> list[CartItem]:
    """The items with all that their prices depend on, the first one first. Three queries at most."""
    items = _items_in(cart.pk)
    if bundles := [item.bundle for item in items if item.bundle]:
        parts = BundleProject.objects.select_related("project__creator", "project__category")
        prefetch_related_objects(bundles, Prefetch("parts", queryset=parts))
    return items


def wishes(items: Iterable[CartItem], user: User | None = None) -> list[Wish]:
    """The items at the prices of now."""
    owned = _owned(user, items) if user else set()
    return _each_once([_wish(item, owned) for item in items])


def _each_once(found: Sequence[Wish]) -> list[Wish]:
    """An order holds nothing twice, and a bundle in the cart may have been given what lies beside it since."""
    taken: set[object] = set()
    twice = set()
    for wish in sorted(found, key=lambda wish: wish.item.bundle_id is None):
        projects = {line.project.pk for line in wish.lines}
        if projects & taken:
            twice.add(wish.item.pk)
        else:
            taken |= projects
    problem = _("A bundle in your cart has this already.")
    return [replace(wish, lines=(), problem=problem) if wish.item.pk in twice else wish for wish in found]


def bought() -> QuerySet[OrderLine]:
    """What is paid and was not given back whole."""
    given_back = Q(total_minor__gt=0, refunded_minor=F("total_minor"))
    return OrderLine.objects.filter(~given_back, order__status=Order.Status.PAID)


def _owned(user: User, items: Iterable[CartItem]) -> set[object]:
    wanted = [item.project_id for item in items if item.project_id]
    theirs = bought().filter(order__user=user, project__in=wanted)
    return set(theirs.values_list("project_id", flat=True)) if wanted else set()


def _wish(item: CartItem, owned: set[object]) -> Wish:
    if item.project is not None:
        if not is_orderable(item.project):
            return Wish(item, problem=_("This is not on sale any more."))
        line = QuotedLine(project=item.project, price_minor=asked_price(item.project, item.offer_minor))
        return Wish(item, lines=(line,), is_owned=item.project_id in owned)
    bundle = item.bundle
    assert bundle is not None  # noqa: S101  # a constraint of the database
    projects = [part.project for part in bundle.parts.all()]
    if bundle.status != Status.PUBLISHED or not is_sold(bundle, projects):
        return Wish(item, problem=_("This is not on sale any more."))
    return Wish(item, lines=tuple(bundle_lines(bundle, projects)))


def quote(
    found: Sequence[Wish],
    currency: str,
    *,
    code: str = "",
    promo: PromoCode | None = None,
    country: str = "",
    user: User | None = None,
    email: str = "",
) -> Quote:
    """What everything in `currency` costs with the promo code `code`, for a buyer in `country`.

    `promo`: the row of the code, if the caller has locked it.
    """
    lines = [line for wish in found if wish.currency == currency for line in wish.lines]
    promo = promo or promos.promo_named(code)
    problem = promos.promo_problem(promo, currency=currency, user=user, email=email) if code else ""
    if promo and code and not problem:
        counts = promos.eligible(promo, lines)
        if any(counts):
            lines = with_discount(lines, promo, counts)
        else:
            problem = _("This promo code is for other projects.")
    rate = tax_rate(country)
    fee = Decimal(str(settings.PLATFORM_FEE_PERCENT))
    priced = tuple(with_fee(with_tax(line, rate), fee) for line in lines)
    return Quote(currency, priced, promo=promo if code and not problem else None, promo_problem=problem, tax=rate)


def tax_rate(country: str) -> TaxRate | None:
    """What the operator has written down for the country."""
    return TaxRate.objects.filter(country=country).first() if country else None


def asks_country() -> bool:
    """Whether a price depends on where the buyer lives."""
    return TaxRate.objects.exists()
