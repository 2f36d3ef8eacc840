"""Doing the work of one run, in a worker."""

import time
import uuid
from contextlib import ExitStack
from typing import BinaryIO, cast

import structlog
from django.utils.translation import gettext_noop

from showpiece.demos import run_files, services
from showpiece.demos.leases import Interrupted, Lease, leases
from showpiece.demos.models import Run, RunFile
from showpiece.demos.runners import runner_for
from showpiece.jobs.process import WORKER_ID
from showpiece_predictors import Canceled, PredictorError
from showpiece_predictors.media import MediaError

log = structlog.get_logger(__name__)

# Written to the row in English and translated when shown.
INTERNAL = gettext_noop("Something went wrong on our side. The fault was logged; please try again later.")
UNREADABLE = gettext_noop("The file could not be read to its end. Please save or send it again.")
TOO_LONG = gettext_noop("The work took too long and was stopped.")

# A run that is over sooner than this shows no steps: each would cost a write.
QUIET_SECONDS = 0.5


def execute(run_id: uuid.UUID) -> None:
    """Take the run, work, write down how it ended. Returns at once when the run is taken, ended or gone."""
    run = services.run_claim(run_id=run_id, worker=WORKER_ID)
    if run is None:
        return
    with leases.hold(run) as lease:
        try:
            _work(run, lease)
        except Canceled:
            services.run_stop(run=run)
        except Interrupted as interruption:
            _interrupted(run, interruption)
        except PredictorError as error:
            services.run_fail(run=run, error=str(error))
        except MediaError as error:  # it looked good when it was sent, and is not, or not further on
            log.warning("file not read", run=str(run.pk), code=error.code)
            services.run_fail(run=run, error=UNREADABLE)
        except Exception:
            log.exception("run failed", run=str(run.pk), demo=str(run.demo_id))
            services.run_fail(run=run, error=INTERNAL)


def _work(run: Run, lease: Lease) -> None:
    last = time.monotonic()

    def progress(fraction: float, stage: str) -> None:
        nonlocal last
        lease.check()
        if time.monotonic() - last >= QUIET_SECONDS:
            last = time.monotonic()
            services.run_report(run=run, progress=fraction, stage=stage)

    with ExitStack() as open_files:
        files = {row.field: cast(BinaryIO, open_files.enter_context(row.file.open())) for row in _inputs(run)}
        folder = open_files.enter_context(run_files.work_folder(run.pk))
        outcome = runner_for(run.demo).run(run.input, files, progress, folder)
        lease.check()
        services.run_succeed(run=run, output=outcome.values, files=outcome.files)


def _inputs(run: Run) -> list[RunFile]:
    return [file for file in run.files.all() if file.role == RunFile.Role.INPUT]


def _interrupted(run: Run, interruption: Interrupted) -> None:
    if interruption.reason == Interrupted.SHUTDOWN:
        services.run_release(run=run)
    elif interruption.reason == Interrupted.TOO_LONG:
        services.run_fail(run=run, error=TOO_LONG)
    else:
        log.warning("run was taken over by another worker", run=str(run.pk))
