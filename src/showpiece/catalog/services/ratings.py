"""Stars that people give, and what they come to.

The rating of a project is a Bayesian mean: (W·C + sum of stars) / (W + number of ratings), where C is the mean of all
ratings of the site and W how many ratings of C everybody starts with. So one person's five stars do not stand above a
hundred people's 4.8. IMDb's "weighted rating" is the same. That of a creator is counted likewise over all projects.

The rows of people are the truth. A rating leaves a `Recount` in its own transaction; a job counts all rows anew and
takes the marks away, and the rounds of a worker do what lost jobs have left. Counting twice gives the same.
"""

import uuid
from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import BigIntegerField, Count, IntegerField, Sum
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog import rating_jobs
from showpiece.catalog.locks import locked_creator, locked_project
from showpiece.catalog.models import Creator, Project, Rating, Recount

# W. In thousandths of a star: what C is rounded to, so that not every rating moves every project, and C of a new site.
PRIOR_RATINGS = 5
MEAN_STEP, FIRST_MEAN = 50, 3500
MEAN_KEY, MEAN_SECONDS = "catalog:site-mean", 60
AT_ONCE = 500
# A mark that is older has lost its job.
LOST_AFTER = timedelta(seconds=10)


@transaction.atomic
def project_rate(*, project: Project, user: User, stars: int) -> None:
    """Give a project so many stars, or change one's mind. `ValidationError` unless they are 1 to 5."""
    rating = Rating(project=project, user=user, stars=stars)
    rating.clean_fields(exclude=["project", "user"])
    Rating.objects.bulk_create(
        [rating], update_conflicts=True, unique_fields=["project", "user"], update_fields=["stars", "given_at"]
    )
    _changed(project.pk)


@transaction.atomic
def project_rating_withdraw(*, project: Project, user: User) -> None:
    """Take one's stars back. Twice is no fault."""
    if Rating.objects.filter(project=project, user=user).delete()[0]:
        _changed(project.pk)


def ratings_forget(*, user: User) -> None:
    """Take back all stars of a person. May be cut off anywhere and run again."""
    while rows := list(Rating.objects.filter(user=user).values_list("pk", "project")[:AT_ONCE]):
        with transaction.atomic():
            Recount.objects.bulk_create(Recount(project_id=project) for _, project in rows)
            Rating.objects.filter(pk__in=[pk for pk, _ in rows]).delete()


def _changed(project_id: uuid.UUID) -> None:
    Recount.objects.create(project_id=project_id)
    rating_jobs.send(project_id)


@transaction.atomic
def project_ratings_count(*, project_id: uuid.UUID) -> None:
    """Count the ratings of a project anew, if any has changed, and then those of its creator.

    The project is locked before its marks are read, so what is committed meanwhile is either counted or still marked.
    """
    if not Recount.objects.filter(project=project_id).exists():
        return
    project = locked_project(project_id)
    marks = list(Recount.objects.filter(project=project).values_list("pk", flat=True))
    given = Rating.objects.filter(project=project).aggregate(sum=Coalesce(Sum("stars"), 0), count=Count("pk"))
    mean = site_mean()
    Project.objects.filter(pk=project.pk).update(
        rating_sum=given["sum"], rating_count=given["count"], rating=weighted(given["sum"], given["count"], mean)
    )
    _creator_count(project.creator_id, mean)
    Recount.objects.filter(pk__in=marks).delete()


def _creator_count(creator_id: uuid.UUID, mean: int) -> None:
    creator = locked_creator(creator_id)
    rated = Project.objects.filter(creator=creator, rating_count__gt=0)
    given = rated.aggregate(sum=Coalesce(Sum("rating_sum"), 0), count=Coalesce(Sum("rating_count"), 0))
    Creator.objects.filter(pk=creator.pk).update(rating=weighted(given["sum"], given["count"], mean))


def weighted(stars: int, count: int, mean: int) -> int:
    """The Bayesian mean in thousandths of a star, 0 for what nobody has rated."""
    return (PRIOR_RATINGS * mean + 1000 * stars) // (PRIOR_RATINGS + count) if count else 0


def site_mean(*, fresh: bool = False) -> int:
    """The mean of all ratings of the site in thousandths of a star, to the nearest step; as of the last minute."""
    known: int | None = None if fresh else cache.get(MEAN_KEY)
    if known is None:
        rated = Project.objects.filter(rating_count__gt=0)
        given = rated.aggregate(sum=Coalesce(Sum("rating_sum"), 0), count=Coalesce(Sum("rating_count"), 0))
        exact = 1000 * given["sum"] / given["count"] if given["count"] else FIRST_MEAN
        known = round(exact / MEAN_STEP) * MEAN_STEP
        cache.set(MEAN_KEY, known, MEAN_SECONDS)
    return known


def lost_ratings_count() -> int:
    """Count where a job was lost. Returns for how many projects."""
    waiting = Recount.objects.filter(noted_at__lt=timezone.now() - LOST_AFTER)
    lost = list(waiting.order_by().values_list("project", flat=True).distinct()[:AT_ONCE])
    for project_id in lost:
        project_ratings_count(project_id=project_id)
    return len(lost)


def ratings_straighten() -> int:
    """Bring every rating into line with the mean of the site, which moves. Returns how many projects' changed."""
    mean, changed = site_mean(fresh=True), 0
    wide = BigIntegerField()
    exact = Cast(
        (PRIOR_RATINGS * mean + 1000 * Cast("rating_sum", wide)) / (PRIOR_RATINGS + Cast("rating_count", wide)),
        IntegerField(),
    )
    others = Project.objects.filter(rating_count__gt=0).exclude(rating=exact)
    while batch := list(others.values_list("pk", flat=True)[:AT_ONCE]):
        changed += Project.objects.filter(pk__in=batch, rating_count__gt=0).update(rating=exact)
    rated = Creator.objects.filter(projects__rating_count__gt=0).order_by("pk").distinct()
    sums = rated.annotate(sum=Sum("projects__rating_sum"), count=Sum("projects__rating_count"))
    for pk, rating, stars, count in sums.values_list("pk", "rating", "sum", "count").iterator():
        if rating != weighted(stars, count, mean):
            with transaction.atomic():
                _creator_count(pk, mean)
    return changed
