"""Filling an empty shop with the sample: people, projects, pictures and demos, through the rooms' own services."""

import io
import secrets
import tomllib
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.accounts.services import ProfileChanges, profile_save, user_add
from showpiece.catalog import services as catalog
from showpiece.catalog.models import Category, Creator, Project, Status
from showpiece.demos import services as demos
from showpiece.demos.models import AboutSection, Demo
from showpiece.orders import services as orders
from showpiece.orders.delivery.licenses import license_policy_set
from showpiece.orders.models import PromoCode
from showpiece.orders.quotes import is_orderable
from showpiece.sample.donations import give
from showpiece.sample.people import email_of
from showpiece_predictors.media import clean_image

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Account:
    """A sample account, and the only time its password is known."""

    role: str
    email: str
    password: str


@transaction.atomic
def fill() -> list[Account]:
    """Fill the shop with what it lacks of the sample. Returns the accounts that were made now; twice does nothing.

    What an operator edited or archived stays as it is.
    """
    shop = tomllib.loads((HERE / "shop.toml").read_text())
    accounts = _people(shop)
    for row in shop["person"]:
        _profile(row)
    categories = {row["slug"]: _category(row) for row in shop["category"]}
    creators = {row["slug"]: _creator(row) for row in shop["creator"]}
    known = set(Project.objects.values_list("creator__slug", "slug"))
    projects = {
        row["slug"]: _project(row, creators[row["creator"]], categories[row["category"]]) for row in shop["project"]
    }
    new = {row["slug"] for row in shop["project"] if (row["creator"], row["slug"]) not in known}
    for row in shop["demo"]:
        _demo(row, projects[row["project"]])
    for row in shop["bundle"]:
        _bundle(row, creators[row["creator"]], [projects[slug] for slug in row["projects"]])
    for row in shop["promo_code"]:
        _promo_code(row, creators[row["creator"]])
    give(shop, {slug: projects[slug] for slug in new})
    return accounts


def _people(shop: dict[str, Any]) -> list[Account]:
    """Nobody of them gets a welcome mail: their addresses do not exist."""
    accounts = []
    first_creator = shop["creator"][0]
    known = [
        ("staff", "staff", "Staff"),
        ("creator", first_creator["slug"], first_creator["name"]),
        ("member", "visitor", "Visitor"),
    ]
    for role, username, name in known:
        if User.objects.filter(username__iexact=username).exists():
            continue
        password = secrets.token_urlsafe(9)
        _user(username, name, password, staff=role == "staff")
        accounts.append(Account(role, email_of(username), password))
    # The other creators are there to be looked at; nobody signs in as them.
    for row in shop["creator"][1:]:
        if not User.objects.filter(username__iexact=row["slug"]).exists():
            _user(row["slug"], row["name"], None)
    return accounts


def _user(username: str, name: str, password: str | None, *, staff: bool = False) -> None:
    # Nobody wants to be welcomed to a shop that was filled a moment ago.
    user_add(
        email=email_of(username),
        username=username,
        password=password,
        name=name,
        staff=staff,
        welcomed_at=timezone.now(),
    )


def _profile(row: dict[str, Any]) -> None:
    """What a person tells of themselves, unless somebody has filled that in already."""
    user = User.objects.select_related("profile").get(username__iexact=row["username"])
    if user.profile.bio or user.profile.photo_changed_at:
        return
    changes = ProfileChanges(
        name=user.name,
        bio=row["bio"],
        location=row.get("location", ""),
        links=row.get("links", []),
        photo=clean_image(HERE / row["photo"]),
        center_on_face=False,  # drawn in the middle
    )
    profile_save(user, changes)


def _russian(row: dict[str, Any], *names: str, **more: str) -> dict[str, dict[str, str]]:
    texts = {name: row[f"{name}_ru"] for name in names if row.get(f"{name}_ru")}
    return {"ru": texts | more}


def _category(row: dict[str, Any]) -> Category:
    found = Category.objects.filter(slug=row["slug"]).first()
    return found or catalog.category_create(
        slug=row["slug"],
        name=row["name"],
        description=row["description"],
        translations=_russian(row, "name", "description"),
    )


def _creator(row: dict[str, Any]) -> Creator:
    found = Creator.objects.filter(slug=row["slug"]).first()
    return found or catalog.creator_create(
        user=User.objects.get(username=row["slug"]),
        slug=row["slug"],
        name=row["name"],
        about=row["about"],
        translations=_russian(row, "about"),
    )


def _project(row: dict[str, Any], creator: Creator, category: Category) -> Project:
    if found := Project.objects.filter(creator=creator, slug=row["slug"]).first():
        return found
    texts = HERE / "projects" / row["slug"]
    published: datetime = row["published_at"]
    fixed: dict[str, Any] = {"id": uuid.UUID(row["id"])} if "id" in row else {}
    project = catalog.project_create(
        **fixed,
        creator=creator,
        category=category,
        slug=row["slug"],
        name=row["name"],
        summary=row["summary"],
        description=(texts / "en.md").read_text(),
        tags=row["tags"],
        url=row.get("url", ""),
        price_kind=row.get("price_kind", "fixed" if row["price_minor"] else "free"),
        price_minor=row["price_minor"],
        suggested_minor=row.get("suggested_minor"),
        currency=row["currency"],
        status=Status.PUBLISHED,
        published_at=published if published.tzinfo else published.replace(tzinfo=UTC),
        translations=_russian(row, "name", "summary", description=(texts / "ru.md").read_text()),
    )
    catalog.picture_add(
        project=project,
        source=HERE / row["picture"],
        alt=row["picture_alt"],
        translations={"ru": {"alt": row["picture_alt_ru"]}},
    )
    for more in row.get("more_pictures", []):
        catalog.picture_add(
            project=project,
            source=HERE / more["picture"],
            alt=more["alt"],
            translations={"ru": {"alt": more["alt_ru"]}},
        )
    if machines := row.get("license_machines"):
        license_policy_set(project=project, is_on=True, max_activations=machines)
    for version in row.get("versions", []):
        _version(project, version)
    return project


def _version(project: Project, row: dict[str, Any]) -> None:
    release = catalog.release_create(project=project, actor=None, version=row["version"], notes=row["notes"])
    name = f"{project.slug}-{row['version']}.zip"
    archive = _zipped(HERE / "releases" / project.slug / row["version"], project.slug)
    catalog.release_file_add(release=release, content=ContentFile(archive), name=name)
    catalog.release_publish(release=release, actor=None)


def _zipped(folder: Path, name: str) -> bytes:
    """The files of a folder in a ZIP, the same bytes on every machine; not what Python compiled of them there."""
    out = io.BytesIO()
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            place = f"{name}/{path.relative_to(folder).as_posix()}"
            archive.writestr(zipfile.ZipInfo(place, (2026, 1, 1, 0, 0, 0)), path.read_bytes())
    return out.getvalue()


def _bundle(row: dict[str, Any], creator: Creator, projects: list[Project]) -> None:
    if creator.bundles.exists() or not all(map(is_orderable, projects)):  # somebody has put one away since
        return
    bundle = orders.bundle_create(
        creator=creator,
        name=row["name"],
        summary=row["summary"],
        price_minor=row["price_minor"],
        projects=projects,
    )
    orders.bundle_set_status(bundle=bundle, status=Status.PUBLISHED)


def _promo_code(row: dict[str, Any], creator: Creator) -> None:
    """It holds for its creator's projects alone: a shop in earnest may forget that it is there."""
    if not PromoCode.objects.filter(code__iexact=row["code"]).exists():
        orders.promo_create(
            creator=creator, code=row["code"], kind=PromoCode.Kind.PERCENT, percent=row["percent"], is_active=True
        )


def _demo(row: dict[str, Any], project: Project) -> Demo:
    if found := Demo.objects.filter(project=project).first():
        return found
    demo = demos.demo_create(
        project=project,
        kind=row["kind"],
        state=row["state"],
        predictor=row.get("predictor", ""),
        url=row.get("url", ""),
    )
    for language in ("en", "ru"):
        for kind in AboutSection.Kind.values:
            body = (HERE / "about" / row["project"] / language / f"{kind}.md").read_text()
            demos.about_section_create(demo=demo, kind=kind, language=language, body=body)
    return demo
