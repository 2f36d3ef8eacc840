"""What can be tried: a project's demo, and each run of it."""

import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Project
from showpiece.ids import uuid7


def sample_path(demo: "Demo", filename: str) -> str:
    return f"samples/{demo.id}/{uuid7()}{filename}"


class Demo(models.Model):
    """How a visitor tries a project."""

    class Kind(models.TextChoices):
        LOCAL = "local", _("a predictor in our worker")
        LINK = "link", _("a link to where it runs")

    class State(models.TextChoices):
        LIVE = "live", _("live")
        SOON = "soon", _("soon")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="demo", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SOON)
    predictor = models.SlugField(_("predictor"), max_length=50, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])])
    sample = models.FileField(_("sample file"), upload_to=sample_path, blank=True, max_length=200)

    class Meta:
        verbose_name = _("demo")
        verbose_name_plural = _("demos")
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="local") & ~Q(predictor="")) | (Q(kind="link") & ~Q(url="")),
                name="demo_has_its_target",
            )
        ]
        # The shop window shows a few of them, in this order.
        indexes = [models.Index(fields=["kind", "state", "-id"], name="demo_in_the_window")]

    def __str__(self) -> str:
        return f"{self.project} ({self.get_kind_display()})"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#demo"

    def _url(self, name: str) -> str:
        return reverse(name, args=[self.project.creator.slug, self.project.slug])

    @property
    def title(self) -> str:
        return self.project.shown_name

    @property
    def about_url(self) -> str:
        return self._url("about")

    @property
    def run_url(self) -> str:
        return self._url("demo_run")

    @property
    def run_film_url(self) -> str:
        """Where the form of a demo that takes a film is sent to: more is let in there."""
        return self._url("demo_run_film")

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

    @property
    def can_run(self) -> bool:
        """Whether it is for visitors to run here; `runners.is_runnable` also looks for its predictor."""
        return self.is_live and self.kind == self.Kind.LOCAL

    @property
    def sample_url(self) -> str:
        """Where the sample file is downloaded, "" where there is none."""
        return self._url("demo_sample") if self.sample else ""


class AboutSection(models.Model):
    """One part of a demo's About page, in one language."""

    class Kind(models.TextChoices):
        OVERVIEW = "overview", _("General description")
        FUNCTIONALITY = "functionality", _("Functionality")
        ARCHITECTURE = "architecture", _("Architecture")
        IMPLEMENTATION = "implementation", _("Implementation")
        API = "api", _("API")
        LINKS = "links", _("Links")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demo = models.ForeignKey(Demo, on_delete=models.CASCADE, related_name="about_sections")
    kind = models.CharField(_("section"), max_length=20, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    body = models.TextField(_("text"), max_length=20_000, validators=[MaxLengthValidator(20_000)])

    class Meta:
        verbose_name = _("about section")
        verbose_name_plural = _("about sections")
        constraints = [models.UniqueConstraint(fields=["demo", "kind", "language"], name="about_section_unique")]

    def __str__(self) -> str:
        return f"{self.demo}: {self.get_kind_display()}"

    @property
    def title(self) -> str:
        return self.get_kind_display()


class Run(models.Model):
    """One try of a demo. This row is the truth; a job carries only its id.

    States are Cog's and move only forward. A worker owns the run while its lease lasts and renews it while it lives;
    when the lease runs out, the sweeper hands the run to another one. Each hand-over raises `attempt`, and only the
    attempt that is current may write, so a worker that was thought dead cannot finish a run twice.
    """

    class Status(models.TextChoices):
        STARTING = "starting", pgettext_lazy("run", "queued")
        PROCESSING = "processing", pgettext_lazy("run", "running")
        SUCCEEDED = "succeeded", pgettext_lazy("run", "done")
        FAILED = "failed", pgettext_lazy("run", "failed")
        CANCELED = "canceled", pgettext_lazy("run", "canceled")

    OPEN = (Status.STARTING, Status.PROCESSING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demo = models.ForeignKey(Demo, on_delete=models.CASCADE, related_name="runs")
    # Who may see it: the account, or the browser session, that made it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    visitor = models.CharField(max_length=64, blank=True)
    # Made by the form: a double click or a reload starts one run, not two.
    key = models.UUIDField(unique=True)

    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.STARTING)
    input = models.JSONField(_("input"), default=dict)
    output = models.JSONField(_("output"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    progress = models.FloatField(default=0.0)
    stage = models.CharField(max_length=100, blank=True)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(editable=False)
    cancel_requested = models.BooleanField(default=False)

    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, editable=False)
    # When the sweeper may send the job (again), unless a worker took the run before.
    publish_after = models.DateTimeField(editable=False)
    publishes = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["starting", "processing", "succeeded", "failed", "canceled"]),
                name="run_status_known",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, status__in=["starting", "processing"])
                | Q(completed_at__isnull=False, status__in=["succeeded", "failed", "canceled"]),
                name="run_completed_when_ended",
            ),
            models.CheckConstraint(condition=Q(progress__gte=0.0, progress__lte=1.0), name="run_progress_is_a_part"),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(visitor=""), name="run_has_an_owner"),
        ]
        indexes = [
            models.Index(fields=["lease_until"], name="run_leased", condition=Q(status="processing")),
            models.Index(fields=["publish_after"], name="run_waiting", condition=Q(status="starting")),
            models.Index(fields=["visitor", "created_at"], name="run_by_visitor"),
            models.Index(fields=["expires_at"], name="run_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.demo_id}/{self.id} {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.id])

    @property
    def is_finished(self) -> bool:
        return self.status not in self.OPEN


def run_folder(run_id: uuid.UUID) -> str:
    """Where the files of a run lie in the private store."""
    return f"runs/{run_id}"


def run_file_path(file: "RunFile", filename: str) -> str:
    """A random name: the client's is neither used nor kept."""
    return f"{run_folder(file.run_id)}/{uuid7()}{filename}"


class RunFile(models.Model):
    """A file that went into a run or came out of it, encoded by us.

    A film that a visitor sent is the exception: it is kept as it came until its run has ended, is shown to nobody, and
    only its poster, which we encoded, stays.
    """

    class Role(models.TextChoices):
        INPUT = "input", _("input")
        OUTPUT = "output", _("output")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role.choices)
    field = models.SlugField(max_length=50)
    file = models.FileField(upload_to=run_file_path, max_length=200)
    content_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    # Of a film: how long it is, and a picture of it.
    seconds = models.FloatField(null=True)
    poster = models.FileField(upload_to=run_file_path, max_length=200, blank=True, null=True)

    class Meta:
        verbose_name = _("file of a run")
        verbose_name_plural = _("files of runs")
        constraints = [models.UniqueConstraint(fields=["run", "role", "field"], name="run_file_unique")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.role}/{self.field}"

    @property
    def is_original(self) -> bool:
        """Whether a visitor's own bytes lie in it, which are for the predictor and for nobody's browser."""
        return self.role == self.Role.INPUT and self.content_type.startswith("video/")


class DailyRuns(models.Model):
    """How many runs of a demo were started on a day. Runs themselves are soon forgotten."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demo = models.ForeignKey(Demo, on_delete=models.CASCADE, related_name="daily_runs")
    day = models.DateField()
    runs = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "day"], name="daily_runs_unique")]
        indexes = [models.Index(fields=["day"], name="daily_runs_by_day")]

    def __str__(self) -> str:
        return f"{self.demo_id}: {self.day}"


class WorkerBeat(models.Model):
    """A sign of life of each worker process, for the health page."""

    worker = models.CharField(primary_key=True, max_length=64)
    queues = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.worker
