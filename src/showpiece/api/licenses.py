"""License keys: software asks whether it may run, and on which machine. The page for developers: docs/licensing.md."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import BeforeValidator, Field, StringConstraints

from showpiece.api import limits
from showpiece.api.errors import RETRY_SECONDS, ApiError
from showpiece.orders.delivery import activations
from showpiece.orders.delivery.activations import Reason, Refused, Standing
from showpiece.orders.models import Activation

router = Router(tags=["licenses"])
T = TypeVar("T")

# No line breaks or other control characters: the buyer reads the name on a page, and no database keeps all of them.
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
# A form sends an empty text for what it leaves out.
Instance = Annotated[uuid.UUID | None, BeforeValidator(lambda value: None if value == "" else value)]


class Asked(Schema):
    license_key: Text = Field(description="As the buyer has it; capitals, blanks and dashes make no difference.")
    project: uuid.UUID = Field(description="The project's id: a key of another one opens nothing.")


class ActivateIn(Asked):
    instance_name: Text = Field(description="What you call the machine. The same name again is the same activation.")


class ValidateIn(Asked):
    instance_id: Instance = Field(None, description="What activating has answered. Without it, the key alone is asked.")


class DeactivateIn(Asked):
    instance_id: uuid.UUID = Field(description="What activating has answered.")


class LicenseOut(Schema):
    key: str
    status: str = Field(description="`active`, or `revoked`: the money went back.")
    activations: int = Field(description="On how many machines it is in use.")
    activation_limit: int | None = Field(description="On how many it may be; null: any number.")
    created_at: datetime


class ProjectOut(Schema):
    id: uuid.UUID
    name: str
    latest_version: str | None = Field(description="The newest version on offer, if there is one.")


class InstanceOut(Schema):
    id: uuid.UUID
    name: str
    created_at: datetime


class ActivateOut(Schema):
    activated: bool
    instance: InstanceOut
    license: LicenseOut
    project: ProjectOut


class ValidateOut(Schema):
    valid: bool
    reason: str | None = Field(description="Why it is not valid; null if it is. See docs/licensing.md.")
    license: LicenseOut | None = Field(description="Null for a key that is none of the project.")
    project: ProjectOut | None


class DeactivateOut(Schema):
    deactivated: bool
    license: LicenseOut
    project: ProjectOut


class ErrorOut(Schema):
    code: str
    message: str
    fields: dict[str, list[str]]


class Fault(Schema):
    error: ErrorOut


# What is told where a machine is not activated, or let go of.
_TOLD = {
    Reason.UNKNOWN_KEY: (404, "There is no such license key."),
    Reason.OTHER_PROJECT: (403, "This license key is for another project."),
    Reason.REVOKED: (403, "This license key was revoked."),
    Reason.UNKNOWN_INSTANCE: (404, "This license key was never activated as this instance."),
    Reason.LIMIT_REACHED: (409, "This license key is in use on as many machines as it may be."),
    Reason.TOO_MANY_ACTIVATIONS: (429, "This license key was activated too often today."),
}
# What may be a guess.
_MISSES = (Reason.UNKNOWN_KEY, Reason.OTHER_PROJECT, Reason.UNKNOWN_INSTANCE)
_FAULTS: Any = {frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503}): Fault}


def _asked(request: HttpRequest, key: str, ask: Callable[[], T]) -> T:
    """What `ask` answers. Who was wrong too often is not told whether they are again."""
    if not limits.may_ask(request, key, exists=activations.license_exists):
        text = "Too many license keys or instances from here that do not exist. Please try again later."
        raise ApiError(429, "too_many_requests", text, retry_after=limits.WINDOW_SECONDS)
    try:
        return ask()
    except Refused as refused:
        if refused.reason in _MISSES:
            limits.missed(request, key)
        raise


def _done(request: HttpRequest, key: str, do: Callable[[], T]) -> T:
    try:
        return _asked(request, key, do)
    except Refused as refused:
        status, text = _TOLD[refused.reason]
        raise ApiError(status, refused.reason, text, retry_after=RETRY_SECONDS if status == 429 else 0) from refused


def _about(standing: Standing) -> dict[str, Any]:
    key, entitlement = standing.license, standing.license.entitlement
    project = entitlement.project
    return {
        "license": {
            "key": key.key,
            "status": "active" if entitlement.is_valid else "revoked",
            "activations": standing.in_use,
            "activation_limit": standing.limit,
            "created_at": key.created_at,
        },
        "project": {"id": project.pk, "name": project.name, "latest_version": standing.latest_version},
    }


def _instance(machine: Activation) -> dict[str, Any]:
    return {"id": machine.pk, "name": machine.instance_name, "created_at": machine.activated_at}


@router.post("/activate", response={200: ActivateOut, **_FAULTS}, operation_id="activate_license")
def activate(request: HttpRequest, given: ActivateIn) -> dict[str, Any]:
    """Use a key on a machine. Keep the id of the instance there: by it the machine is asked for, and let go of."""
    standing, machine = _done(
        request,
        given.license_key,
        lambda: activations.license_activate(
            key=given.license_key, project_id=given.project, instance_name=given.instance_name
        ),
    )
    return {"activated": True, "instance": _instance(machine), **_about(standing)}


@router.post("/validate", response={200: ValidateOut, **_FAULTS}, operation_id="validate_license")
def validate(request: HttpRequest, given: ValidateIn) -> dict[str, Any]:
    """Whether a key holds, and on this machine if `instance_id` is given. The answer "no" is an answer: 200."""
    try:
        standing = _asked(
            request,
            given.license_key,
            lambda: activations.license_validate(
                key=given.license_key, project_id=given.project, instance_id=given.instance_id
            ),
        )
    except Refused as refused:
        about = _about(refused.standing) if refused.standing else {"license": None, "project": None}
        return {"valid": False, "reason": refused.reason, **about}
    return {"valid": True, "reason": None, **_about(standing)}


@router.post("/deactivate", response={200: DeactivateOut, **_FAULTS}, operation_id="deactivate_license")
def deactivate(request: HttpRequest, given: DeactivateIn) -> dict[str, Any]:
    """Use a key no longer on a machine, so that it may be used on another. Twice is no fault."""
    standing = _done(
        request,
        given.license_key,
        lambda: activations.license_deactivate(
            key=given.license_key, project_id=given.project, instance_id=given.instance_id
        ),
    )
    return {"deactivated": True, **_about(standing)}
