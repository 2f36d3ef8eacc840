"""What the address of a list asks for, in words that people may share."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from showpiece.catalog.lists import ORDERS
from showpiece.catalog.models import Category, PriceKind, Tag
from showpiece.catalog.search import MAX_QUERY, Wanted, query_words
from showpiece.paging import Order

MAX_TAGS = 5
NAMES = ("q", "tag", "price", "lang", "demo", "sort")


@dataclass(frozen=True)
class Choice:
    """A line of a `<select>`."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Active:
    """Something that narrows the list, and the address of the list without it."""

    text: str
    url: str


@dataclass
class Filters:
    """The filters of an address: those that hold, and a line for each that is none of ours and was left out."""

    path: str
    typed: str
    wanted: Wanted
    order: Order
    notes: list[str]
    nothing: bool = False  # a tag that no project has
    parameters: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sorts(self) -> list[Choice]:
        names = {
            "relevance": pgettext("order of a list", "Best match"),
            "new": pgettext("order of a list", "Newest"),
            "popular": pgettext("order of a list", "Most popular"),
            "rated": pgettext("order of a list", "Top rated"),
            "price": pgettext("order of a list", "Price, low to high"),
            "price-down": pgettext("order of a list", "Price, high to low"),
        }
        if not self.wanted.words:
            del names["relevance"]
        return [Choice(value, text, value == self.order.name) for value, text in names.items()]

    @property
    def prices(self) -> list[Choice]:
        chosen = self.wanted.price
        kinds = [Choice(value, _price(value), value == chosen) for value in PriceKind.values]
        return [Choice("", pgettext("any price", "Any"), not chosen), *kinds]

    @property
    def languages(self) -> list[Choice]:
        chosen = self.wanted.language
        known = [Choice(code, str(name), code == chosen) for code, name in settings.LANGUAGES]
        return [Choice("", pgettext("any language", "Any"), not chosen), *known]

    @property
    def active(self) -> list[Active]:
        wanted = self.wanted
        texts = {("price", wanted.price): _price(wanted.price), ("demo", "1"): _("Live demo")}
        texts[("lang", wanted.language)] = str(dict(settings.LANGUAGES).get(wanted.language, ""))
        texts |= {("tag", tag.slug): "#" + tag.name for tag in wanted.tags}
        shown = [pair for pair in self.parameters if pair[0] not in ("sort",)]
        texts[("q", self.typed)] = _("“%(text)s”") % {"text": self.typed}
        return [Active(texts.get(pair) or pair[1], self._without(pair)) for pair in shown]

    @property
    def is_plain(self) -> bool:
        return not self.parameters

    def is_tidy(self, data: QueryDict) -> bool:
        """Whether an address says what it asks for without empty, needless or oddly written parameters."""
        told = [(name, value) for name in NAMES for value in data.getlist(name)]
        return bool(self.notes) or sorted(told) == sorted(self.parameters)

    @property
    def query(self) -> str:
        """For the address of the same list somewhere else."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""

    @property
    def count(self) -> int:
        """How many filters hold, beside the words."""
        return sum(name not in ("q", "sort") for name, _ in self.parameters)

    def page_url(self, place: dict[str, str]) -> str:
        parameters = [*self.parameters, *place.items()]
        return f"{self.path}?{urlencode(parameters)}" if parameters else self.path

    def _without(self, pair: tuple[str, str]) -> str:
        left = [kept for kept in self.parameters if kept != pair]
        return f"{self.path}?{urlencode(left)}" if left else self.path


def read_filters(path: str, data: QueryDict, category: Category | None) -> Filters:
    """What the parameters of a list's address mean."""
    notes: list[str] = []

    def one_of(name: str, known: Any) -> str:
        value = data.get(name, "")
        if value and value not in known:
            notes.append(_("There is no filter “%(value)s”. It was left out.") % {"value": _short(value)})
        return value if value in known else ""

    typed = " ".join(data.get("q", "").replace("\x00", "").split())
    if len(typed) > MAX_QUERY:
        text = _("Only the first %(count)s characters were searched for.")
        notes.append(text % {"count": MAX_QUERY})
        typed = typed[:MAX_QUERY].rstrip()
    words = query_words(typed)
    if typed and not words:
        notes.append(_("There is no letter or digit in “%(text)s” to search for.") % {"text": _short(typed)})
        typed = ""
    price, language = one_of("price", PriceKind.values), one_of("lang", dict(settings.LANGUAGES))
    demo = one_of("demo", ("1",)) == "1"
    sorts = set(ORDERS) - (set() if words else {"relevance"})
    sort = one_of("sort", sorts)
    tags, unknown = _tags(data.getlist("tag"))
    if unknown:
        notes.append(_("No project has the tag “%(tag)s”.") % {"tag": _short(unknown)})
    parameters = [("q", typed), *(("tag", tag.slug) for tag in tags), *([("tag", unknown)] if unknown else [])]
    order = ORDERS[sort or ("relevance" if words else "new")]
    sort = "" if order == ORDERS["relevance" if words else "new"] else sort
    parameters += [("price", price), ("lang", language), ("demo", "1" if demo else ""), ("sort", sort)]
    wanted = Wanted(words=words, category=category, tags=tuple(tags), price=price, demo=demo, language=language)
    return Filters(
        path=path,
        typed=typed,
        wanted=wanted,
        order=order,
        notes=notes,
        nothing=bool(unknown),
        parameters=[pair for pair in parameters if pair[1]],
    )


def _tags(typed: list[str]) -> tuple[list[Tag], str]:
    """The tags by their slugs or names, in whatever case, and one that there is not."""
    asked = list(dict.fromkeys(" ".join(tag.replace("\x00", "").split())[:100] for tag in typed))
    asked = [tag for tag in asked if tag][:MAX_TAGS]
    if not asked:
        return [], ""
    keys = {tag: tag.casefold() for tag in asked}
    known: dict[str, Tag] = {}
    for tag in Tag.objects.filter(slug__in=[*keys.values(), *asked]) | Tag.objects.filter(name__in=asked):
        known[tag.slug] = known[tag.name.casefold()] = tag
    missing = [tag for tag in asked if keys[tag] not in known]
    for tag in missing[:]:
        if found := Tag.objects.filter(name__iexact=tag).first():
            known[keys[tag]] = found
            missing.remove(tag)
    found_tags = [known[keys[tag]] for tag in asked if tag not in missing]
    return list(dict.fromkeys(found_tags)), missing[0] if missing else ""


def _price(kind: str) -> str:
    names = {
        "free": pgettext("price of projects", "Free"),
        "fixed": pgettext("price of projects", "Paid"),
        "open": pgettext("price of projects", "Pay what you want"),
    }
    return names.get(kind, "")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
