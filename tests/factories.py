"""Rows for tests."""

import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.models import Category, Contributor, Creator, Project, Rating, Release, Status
from showpiece.catalog.search import project_indexed
from showpiece.demos.models import Demo, Run


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    name = factory.Faker("name")


class CategoryFactory(factory.django.DjangoModelFactory[Category]):
    class Meta:
        model = Category

    slug = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Category {n}")


class CreatorFactory(factory.django.DjangoModelFactory[Creator]):
    class Meta:
        model = Creator

    user = factory.SubFactory(UserFactory)
    slug = factory.Sequence(lambda n: f"creator-{n}")
    name = factory.Faker("name")


class ProjectFactory(factory.django.DjangoModelFactory[Project]):
    class Meta:
        model = Project

    creator = factory.SubFactory(CreatorFactory)
    category = factory.SubFactory(CategoryFactory)
    slug = factory.Sequence(lambda n: f"project-{n}")
    name = factory.Sequence(lambda n: f"Project {n}")
    summary = "Does one thing well."
    status = Status.PUBLISHED
    published_at = factory.Sequence(lambda n: timezone.now() - timedelta(days=1) + timedelta(seconds=n))


class DemoFactory(factory.django.DjangoModelFactory[Demo]):
    class Meta:
        model = Demo

    project = factory.SubFactory(ProjectFactory)
    kind = Demo.Kind.LOCAL
    state = Demo.State.LIVE
    predictor = "mirror"


class RunFactory(factory.django.DjangoModelFactory[Run]):
    class Meta:
        model = Run

    demo = factory.SubFactory(DemoFactory)
    visitor = "a visitor"
    key = factory.LazyFunction(uuid.uuid4)
    input: Any = factory.LazyFunction(dict)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=24))
    publish_after = factory.LazyFunction(lambda: timezone.now() + timedelta(seconds=10))


class ReleaseFactory(factory.django.DjangoModelFactory[Release]):
    class Meta:
        model = Release

    project = factory.SubFactory(ProjectFactory)
    version = factory.Sequence(lambda n: f"1.{n}.0")
    notes = "Faster."
    released_at = factory.Sequence(lambda n: timezone.now() - timedelta(days=1) + timedelta(seconds=n))


class ContributorFactory(factory.django.DjangoModelFactory[Contributor]):
    """Somebody who has accepted."""

    class Meta:
        model = Contributor

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)
    accepted_at = factory.LazyFunction(timezone.now)


class RatingFactory(factory.django.DjangoModelFactory[Rating]):
    """Stars that nobody has counted."""

    class Meta:
        model = Rating

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)
    stars = 4


def listed(**fields: Any) -> Project:
    """A project that can be found, as the services leave one."""
    tags = fields.pop("tags", ())
    project: Project = ProjectFactory(**fields)
    project.tags.set(tags)
    project_indexed(project)
    return project
