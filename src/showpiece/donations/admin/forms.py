"""The form that gives back."""

from django.utils.translation import gettext_lazy

from showpiece.payments.staff_forms import RefundForm as OfMoney


class RefundForm(OfMoney):
    """What of a donation is given back."""

    by_proportion = gettext_lazy("An amount, from the projects in proportion")
    by_part = gettext_lazy("By project")
    which_part = gettext_lazy("Please say how much from which project.")
    not_read = gettext_lazy("For the staff; the giver does not read it.")
