"""Every component in every state, for those who build pages."""

import math
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from showpiece.demos.charts import chart_view

PROSE = """A paragraph with **strong** words, *quiet* ones, `code` and a [link](https://example.org/).

# A heading of the creator's

- A list with a first point
- and a second that runs on for long enough to be broken into two lines on a narrow screen

| Set | Error |
| --- | --- |
| Small | 4.6 |

> A quotation.
"""


TENTHS = [number / 10 for number in range(121)]
BEND = [130 - 40 * math.cos(math.tau * (second - 1) / 2.5) if 1 <= second <= 11 else 90.0 for second in TENTHS]
CHARTS: list[tuple[str, dict[str, Any]]] = [
    ("Four stretches", {"x": TENTHS, "y": BEND, "spans": [[1, 3.5], [3.5, 6], [6, 8.5], [8.5, 11]]}),
    (
        "With a gap, and more stretches than numbers fit",
        {
            "x": TENTHS,
            "y": [None if 4 < second < 5 else value for second, value in zip(TENTHS, BEND, strict=True)],
            "spans": [[number * 0.4, number * 0.4 + 0.3] for number in range(30)],
        },
    ),
    ("Nothing counted", {"x": TENTHS, "y": [90.0] * len(TENTHS), "spans": []}),
]


class SampleForm(forms.Form):
    text = forms.CharField(label="Text", help_text="A hint says what is wanted before it goes wrong.")
    long = forms.CharField(label="Long text", required=False, widget=forms.Textarea)
    choice = forms.ChoiceField(label="Choice", choices=[("a", "The first"), ("b", "The second")])
    number = forms.IntegerField(label="Number", min_value=0, max_value=10, initial=3)
    share = forms.FloatField(
        label="Range", initial=50, widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 100})
    )
    agree = forms.BooleanField(label="A yes or no", help_text="With a hint below it.", required=False)
    file = forms.FileField(label="File", widget=forms.FileInput)
    locked = forms.CharField(label="Disabled", initial="Not now", disabled=True, required=False)


class DropForm(forms.Form):
    picture = forms.FileField(
        label="Photo",
        help_text="JPEG or PNG, up to 1 MB",
        widget=forms.FileInput(attrs={"accept": "image/*", "data-max-bytes": 2**20}),
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    return render(request, "web/styleguide.html", _context())


def _context() -> dict[str, object]:
    creator = SimpleNamespace(shown_name="Anna Petrova", get_absolute_url="#card")
    cover = static("web/sample-cover.svg")
    picture = SimpleNamespace(
        small_url=cover, small_srcset=f"{cover} 640w", srcset=f"{cover} 640w", shown_alt="A green box on a round stand"
    )

    def project(name: str, summary: str, price: str, *, demo: object = None, covered: bool = True) -> SimpleNamespace:
        return SimpleNamespace(
            shown_name=name,
            shown_summary=summary,
            price_text=price,
            creator=creator,
            cover=picture if covered else None,
            demo=demo,
            get_absolute_url="#card",
            card_key=name,
        )

    live, soon, elsewhere = (
        SimpleNamespace(state=state, kind=kind)
        for state, kind in (("live", "local"), ("soon", "local"), ("live", "link"))
    )
    long_name = "A name that goes on and on: Kraftfahrzeughaftpflichtversicherungsgesellschaft"
    return {
        "form": SampleForm(prefix="a"),
        "failed": SampleForm({"b-number": "99", "b-share": "20"}, prefix="b"),
        "drop": DropForm(prefix="c"),
        "drop_failed": DropForm({}, prefix="d"),
        "cards": [
            project("Faces", "Finds every face in a photo.", "Free", demo=live),
            project("Exercises", "Counts push-ups in a film of you.", "€19.00", demo=soon),
            project("Concert bot", "Tells you who plays near you.", "Free", demo=elsewhere),
            project(long_name, "Too much text for two lines. " * 8, "1,290.00 ₽", covered=False),
        ],
        "demos": [live, soon, elsewhere],
        "columns": ["#", "Age", "Likely range", "Found with"],
        "rows": [["1", "34", "29 to 40", "99 %"], ["2", "61", "53 to 68", "98 %"]],
        "no_rows": [],
        "charts": [(title, chart_view(chart, x_title="Seconds", y_title="Degrees")) for title, chart in CHARTS],
        "notes": [
            Message(constants.SUCCESS, "The result was deleted."),
            Message(constants.ERROR, "The file could not be read."),
        ],
        "prose": PROSE,
        "parts": (
            ("colour", "Colours"), ("type", "Type"), ("button", "Buttons"), ("badge", "Badges"), ("field", "Fields"),
            ("dropzone", "Drop zone"), ("card", "Cards"), ("notice", "Notices and messages"), ("progress", "Progress"),
            ("table", "Table"), ("chart", "Chart"), ("empty", "Empty state"), ("dialog", "Dialog"),
            ("nav", "Ways around"), ("text", "Text"),
        ),
        "swatches": ("paper", "surface", "sunken", "hover", "line", "line-strong", "ink", "ink-2", "ink-3", "green",
                     "green-soft", "brass", "brass-soft", "red", "red-soft", "blue", "blue-soft", "live"),
    }  # fmt: skip
