"""A form follows from the schema alone."""

from enum import StrEnum
from typing import Any, Literal

import pytest
from django import forms
from pydantic import BaseModel, Field

from showpiece.demos.forms import ImageField, RunForm, schema_form
from showpiece_predictors import Picture, Predictor, openapi_schema


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Everything(BaseModel):
    image: Picture = Field(title="Picture")
    second: Picture | None = Field(None, title="Second picture")
    size: Size = Field(Size.LARGE, title="How large")
    mode: Literal["fast", "exact"] = Field(title="Mode", description="Exact takes longer.")
    maybe: Literal["a", "b"] | None = Field(None, title="Maybe")
    count: int = Field(3, ge=1, le=9, title="Count")
    share: float | None = Field(None, ge=0, le=1)
    words: str = Field("", max_length=5)
    flag: bool = Field(True, title="Flag")


class Level(BaseModel):
    level: Literal[1, 2] = Field(title="Level")


class Nothing(BaseModel):
    pass


class Anything(Predictor[Any, Any]):
    name, title, version = "anything", "Anything", "1"
    Input, Output = Everything, Nothing

    def predict(self, input: Any, progress: Any) -> Any:
        raise AssertionError


@pytest.fixture
def form() -> type[RunForm]:
    return schema_form(openapi_schema(Anything))


def test_kind_of_each_field(form: type[RunForm]) -> None:
    fields = form().fields
    kinds = {name: type(field) for name, field in fields.items() if name != "key"}
    assert kinds == {
        "image": ImageField,
        "second": ImageField,
        "size": forms.TypedChoiceField,
        "mode": forms.TypedChoiceField,
        "maybe": forms.TypedChoiceField,
        "count": forms.IntegerField,
        "share": forms.FloatField,
        "words": forms.CharField,
        "flag": forms.BooleanField,
    }
    assert [name for name, field in fields.items() if field.required] == ["key", "image", "mode"]
    assert form.file_names == ("image", "second")


def test_order_is_that_of_the_model(form: type[RunForm]) -> None:
    assert [name for name in form().fields if name != "key"] == list(Everything.model_fields)


def test_words_come_from_the_model(form: type[RunForm]) -> None:
    fields = form().fields
    assert (fields["size"].label, fields["mode"].label, fields["mode"].help_text) == (
        "How large",
        "Mode",
        "Exact takes longer.",
    )
    assert fields["size"].help_text == ""


def test_choices_and_what_is_chosen_at_first(form: type[RunForm]) -> None:
    fields: Any = form().fields
    assert list(fields["size"].choices) == [("small", "small"), ("large", "large")]
    assert fields["size"].initial == "large"
    assert list(fields["mode"].choices) == [("fast", "fast"), ("exact", "exact")]
    assert next(iter(fields["maybe"].choices)) == ("", "—")


def bound(form: type[RunForm], **data: str) -> RunForm:
    usual = {"key": "00000000-0000-7000-8000-000000000000", "mode": "fast", "size": "small", "count": "2"}
    filled = form({**usual, **data})
    filled.is_valid()
    return filled


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"count": "0"}, "count"),
        ({"count": "10"}, "count"),
        ({"share": "1.5"}, "share"),
        ({"share": "inf"}, "share"),
        ({"words": "sixsix"}, "words"),
        ({"size": "huge"}, "size"),
        ({"mode": ""}, "mode"),
        ({"maybe": "c"}, "maybe"),
    ],
)
def test_limits_of_the_model_hold_in_the_form(form: type[RunForm], data: dict[str, str], wrong: str) -> None:
    assert set(bound(form, **data).errors) == {"image", wrong}


def test_values_fit_the_model(form: type[RunForm]) -> None:
    filled = bound(form, words="abc", share="0.5")
    values = filled.values()
    assert values["count"] == 2
    assert values["flag"] is False
    assert "key" not in values
    assert "image" not in values
    # What is left empty is left out, so that the model's own default holds.
    assert "maybe" not in bound(form).values()
    assert "share" not in bound(form).values()


def test_choice_of_numbers_gives_a_number() -> None:
    class Levels(Anything):
        Input = Level

    filled = schema_form(openapi_schema(Levels))({"key": "00000000-0000-7000-8000-000000000000", "level": "2"})
    assert filled.is_valid()
    assert filled.values() == {"level": 2}
