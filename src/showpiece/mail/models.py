"""The rows are post_office's; here is what they mean to the operator."""

from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from post_office.models import STATUS


class MailState(Enum):
    """What has become of a mail: its name, the kind of its badge, and its icon."""

    KEPT = (pgettext_lazy("mail", "kept"), "neutral", "inbox")
    WAITING = (pgettext_lazy("mail", "waiting"), "info", "clock")
    DELAYED = (pgettext_lazy("mail", "delayed"), "warning", "rotate-ccw")
    SENT = (pgettext_lazy("mail", "sent"), "success", "check")
    FAILED = (pgettext_lazy("mail", "failed"), "danger", "circle-x")

    def __init__(self, label: Promise, badge: str, icon: str) -> None:
        self.label, self.badge, self.icon = label, badge, icon

    @classmethod
    def of(cls, mail: Any) -> "MailState":
        """The state of a row with its last `reason`."""
        if mail.status == STATUS.sent:
            return cls.SENT
        if mail.status == STATUS.failed:
            return cls.FAILED
        if mail.status is None:
            return cls.KEPT
        return cls.DELAYED if mail.reason else cls.WAITING
