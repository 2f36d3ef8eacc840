"""Reading carts and orders for pages."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from allauth.account.models import EmailAddress
from babel.numbers import format_percent
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import get_language, to_locale

from showpiece.accounts.models import User
from showpiece.catalog.models import Cover, Project, ProjectPicture, Status
from showpiece.orders import promo as promos
from showpiece.orders import quotes
from showpiece.orders.delivery.selectors import with_newest
from showpiece.orders.models import BundleProject, Cart, CartItem, Order, OrderLine
from showpiece.orders.pricing import Quote
from showpiece.orders.quotes import Wish
from showpiece.payments.models import Payment
from showpiece.prepared import Prepared, Slot

# On a project's page


@dataclass(frozen=True)
class Standing:
    """What somebody has to do with a project already."""

    in_cart: bool = False
    # They have bought it: where that stands.
    order_url: str = ""
    # Whether there may be bundles that hold it: asked with the rest, so that most pages need not ask again.
    is_bundled: bool = True


def standing_of(project: Project, user: User | None, cart_id: uuid.UUID | None) -> Standing:
    """Whether it is in the cart of a member, or of the visitor who has this one; and whether a member has bought it.

    One query, and none for a visitor without a cart.
    """
    if user is None:
        found = cart_id and CartItem.objects.filter(cart=cart_id, cart__user=None, project=project).exists()
        return Standing(in_cart=bool(found))
    (row,) = _standings(project.pk, user.pk)
    order_url = Order(number=row.number).get_absolute_url() if row.number else ""
    return Standing(in_cart=row.in_cart, order_url=order_url, is_bundled=row.is_bundled)


@Prepared
def _standings() -> QuerySet[Any]:
    project = Slot(0, Project._meta.pk)
    carted = CartItem.objects.filter(cart__user=OuterRef("pk"), project=project)
    theirs = quotes.bought().filter(project=project, order__user=OuterRef("pk"), order__archived_at=None)
    bundled = BundleProject.objects.filter(project=project, bundle__status=Status.PUBLISHED)
    return (
        User.objects.only("pk")
        .filter(pk=Slot(1, User._meta.pk))
        .annotate(
            in_cart=Exists(carted),
            number=theirs.order_by("-order_id").values("order__number")[:1],
            is_bundled=Exists(bundled),
        )
    )


# A cart


@dataclass(frozen=True)
class Group:
    """What of a cart becomes one order: an order has one currency."""

    currency: str
    wishes: list[Wish]
    quote: Quote
    # Something in this currency cannot be bought: it has to go first.
    is_held_up: bool = False


@dataclass(frozen=True)
class Basket:
    """A cart at the prices of now."""

    cart: Cart | None = None
    groups: tuple[Group, ...] = ()
    gone: tuple[Wish, ...] = ()
    count: int = 0
    code: str = ""
    # Why the code counts for nothing in it.
    code_problem: str = ""

    def group(self, currency: str) -> Group | None:
        return next((group for group in self.groups if group.currency == currency), None)


def basket_of(
    cart: Cart | None, *, user: User | None, currency: str = "", country: str = "", email: str = ""
) -> Basket:
    """What is in a cart, in groups by currency, or only in one of them."""
    if cart is None:
        return Basket()
    items = quotes.cart_items(cart)
    wishes = quotes.wishes(items, user)
    fine = [wish for wish in wishes if not wish.problem]
    gone = tuple(wish for wish in wishes if wish.problem)
    names = dict.fromkeys(wish.currency for wish in fine if currency in ("", wish.currency))
    promo = promos.promo_named(cart.promo_code) if names else None
    groups = tuple(
        Group(
            name,
            [wish for wish in fine if wish.currency == name],
            quotes.quote(fine, name, code=cart.promo_code, promo=promo, country=country, user=user, email=email),
            any(wish.currency == name for wish in gone),
        )
        for name in names
    )
    problems = [group.quote.promo_problem for group in groups]
    problem = problems[0] if problems and all(problems) else ""
    return Basket(cart, groups, gone, len(items), cart.promo_code, problem)


def with_covers(projects: Iterable[Project]) -> None:
    """Read the covers of projects at once."""
    wanted = list(projects)
    rows = ProjectPicture.objects.filter(position=0, project__in=wanted).values_list("project_id", *Cover._fields)
    found = {pk: Cover(*row) for pk, *row in rows} if wanted else {}
    for project in wanted:
        project.__dict__["cover"] = found.get(project.pk)


# Tax, of quotes and of orders


class Taxed(Protocol):
    @property
    def tax_name(self) -> str: ...
    @property
    def tax_percent(self) -> Decimal: ...
    @property
    def tax_included(self) -> bool: ...
    @property
    def tax_minor(self) -> int: ...


@dataclass(frozen=True)
class TaxPart:
    """A tax on some lines, and how much of it."""

    label: str
    included: bool
    minor: int


def tax_parts(lines: Iterable[Taxed]) -> list[TaxPart]:
    """The taxes of lines, each once: "VAT 19%"."""
    sums: dict[tuple[str, Decimal, bool], int] = {}
    for line in lines:
        if line.tax_name:
            key = line.tax_name, line.tax_percent.normalize(), line.tax_included
            sums[key] = sums.get(key, 0) + line.tax_minor
    return [
        TaxPart(f"{name} {percent_text(percent)}", included, minor) for (name, percent, included), minor in sums.items()
    ]


def percent_text(percent: Decimal) -> str:
    """19 as "19%" or «19 %» by the reader's language."""
    return format_percent(percent / 100, "#,##0.###%", locale=to_locale(get_language() or "en"))


def missing_in(cart: Cart, order: Order) -> list[str]:
    """Names of what was ordered and cannot be bought from the cart."""
    there = {line.project.pk for wish in quotes.wishes(quotes.cart_items(cart)) for line in wish.lines}
    return [line.name for line in order.lines.order_by("position") if line.project_id not in there]


# Orders


def orders_of(user: User) -> QuerySet[Order]:
    """A member's orders with what is in them. What staff have put away is not among them."""
    lines = OrderLine.objects.order_by("position").only("order_id", "name", "position")
    return Order.objects.filter(user=user, archived_at=None).prefetch_related(Prefetch("lines", queryset=lines))


def guest_orders_of(user: User) -> QuerySet[Order]:
    """Orders that were placed without signing in, with an address that the member has shown to be theirs."""
    own = EmailAddress.objects.filter(user=user, verified=True).values("email")
    return Order.objects.filter(user=None, archived_at=None, email__in=own)


def lines_of(order: Order) -> list[OrderLine]:
    """The lines with what links to their projects need, and what came with them (`delivery.selectors.goods_of`)."""
    lines = order.lines.select_related("project__creator", "project__category", "entitlement")
    return list(with_newest(lines).order_by("position"))


def refunded_sums(orders: Iterable[Order]) -> dict[uuid.UUID, int]:
    """What went back of what each order was paid with, in minor units."""
    found = Payment.objects.filter(
        subject_kind="order", subject_id__in=[order.pk for order in orders], surplus=False, refunded_minor__gt=0
    )
    sums: dict[uuid.UUID, int] = {}
    for pk, minor in found.values_list("subject_id", "refunded_minor"):
        sums[pk] = sums.get(pk, 0) + minor
    return sums
