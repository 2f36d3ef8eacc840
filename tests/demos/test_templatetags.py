"""What the templates of demos ask of a form and of a run's blocks."""

from types import SimpleNamespace

from django import forms

from showpiece.demos.templatetags.runs import field_parts, main_block, stage_block


class SampleForm(forms.Form):
    name = forms.CharField()
    note = forms.CharField(required=False)
    photo = forms.FileField()


def test_field_parts_puts_files_first() -> None:
    parts = field_parts(SampleForm({}))
    assert [field.name for field in parts["files"]] == ["photo"]
    assert [field.name for field in parts["options"]] == ["name", "note"]
    assert parts["options_failed"]


def test_stage_shows_the_result_before_the_input() -> None:
    given = SimpleNamespace(kind="image")
    made = SimpleNamespace(kind="image", download_url="/d")
    table = SimpleNamespace(kind="table", download_url="/t")
    assert stage_block(SimpleNamespace(result=None, input_files=[given])) is given
    run = SimpleNamespace(result=[table, made], input_files=[given])
    assert stage_block(run) is made
    assert main_block(run) is made
    assert main_block(SimpleNamespace(result=[table], input_files=[])) is table
    assert main_block(SimpleNamespace(result=None, input_files=[])) is None
