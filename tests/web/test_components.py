"""The components: what they must write whatever page they stand on."""

from types import SimpleNamespace

import pytest
from django import forms
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from showpiece.web.icons import FOLDER, icon
from showpiece.web.templatetags.ui import host_of, initials, paired


def render(source: str, rf: RequestFactory, **context: object) -> str:
    """`source` as a template file would be: the loader turns its tags into calls."""
    request: HttpRequest = rf.get("/")
    template = engines["django"].from_string(CottonCompiler().process(source))
    return str(template.render(context, request))


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As on the door.")
    note = forms.CharField(required=False)
    photo = forms.FileField(widget=forms.FileInput(attrs={"data-max-bytes": 10}))


def test_button_is_a_link_only_where_it_leads_somewhere(rf: RequestFactory) -> None:
    assert "<a " in render('<c-button href="/x/">Go</c-button>', rf)
    assert "<button" in render("<c-button>Go</c-button>", rf)


def test_loading_button_cannot_be_pressed_twice(rf: RequestFactory) -> None:
    html = render("<c-button loading>Go</c-button>", rf)
    assert "disabled" in html
    assert 'aria-busy="true"' in html


def test_field_ties_hint_and_error_to_its_input(rf: RequestFactory) -> None:
    form = SampleForm({}, prefix="p")
    html = render('<c-field :field="form.name" />', rf, form=form)
    assert 'for="id_p-name"' in html
    assert 'id="id_p-name_helptext"' in html
    assert 'id="id_p-name_error"' in html
    assert 'aria-describedby="id_p-name_helptext id_p-name_error"' in html
    assert 'aria-invalid="true"' in html


def test_only_optional_fields_say_so(rf: RequestFactory) -> None:
    form = SampleForm()
    assert "(optional)" in render('<c-field :field="form.note" />', rf, form=form)
    assert "(optional)" not in render('<c-field :field="form.name" />', rf, form=form)


def test_dropzone_holds_a_plain_file_input_with_its_limit(rf: RequestFactory) -> None:
    html = render('<c-dropzone :field="form.photo" />', rf, form=SampleForm())
    assert 'type="file"' in html
    assert 'data-max-bytes="10"' in html
    assert "{size}" in html  # the script fills these in, so translations must keep them


def test_card_escapes_what_people_wrote(rf: RequestFactory) -> None:
    hostile = "<script>alert(1)</script>"
    project = SimpleNamespace(
        shown_name=hostile,
        shown_summary=hostile,
        price_text="free",
        cover=SimpleNamespace(small_url="/s", large_url="/l", shown_alt='"><script>'),
        creator=SimpleNamespace(shown_name=hostile, get_absolute_url="/@x/"),
        demo=None,
        get_absolute_url="/@x/y/",
    )
    html = render('<c-card :project="project" />', rf, project=project)
    assert "<script" not in html
    assert "Free" in html


def test_deferred_cover_is_fetched_later_but_shows_without_a_script(rf: RequestFactory) -> None:
    cover = SimpleNamespace(small_url="/small", large_url="/large", shown_alt="A car")
    html = render(
        '<c-cover :project="project" loading="deferred" />', rf, project=SimpleNamespace(cover=cover, shown_name="X")
    )
    before_noscript, noscript = html.split("<noscript>")
    assert " src=" not in before_noscript
    assert 'src="/small"' in noscript


def test_progress_without_a_value_is_indeterminate(rf: RequestFactory) -> None:
    assert "value=" not in render('<c-progress stage="Waiting" label="Progress" />', rf)
    assert 'value="0"' in render('<c-progress stage="Begun" :value="0" label="Progress" />', rf)


def test_table_says_that_it_is_empty(rf: RequestFactory) -> None:
    html = render('<c-table :columns="columns" :rows="rows" empty="No face." />', rf, columns=["a", "b"], rows=[])
    assert "No face." in html
    assert 'colspan="2"' in html


def test_no_component_needs_an_inline_style_or_script(rf: RequestFactory) -> None:
    """The content security policy refuses both."""
    from showpiece.web import views_styleguide

    html = render("{% include 'web/styleguide.html' %}", rf, **views_styleguide._context())
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html
    assert html.count("<script") == html.count("<script src=")


def test_icon_is_hidden_from_readers_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in icon("play")
    assert 'aria-label="A &quot;b&quot;"' in icon("play", label='A "b"')


@pytest.mark.parametrize("name", ["../settings", "Play", ""])
def test_icon_refuses_names_that_are_not_files_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        icon(name)


def test_every_icon_is_a_bare_svg() -> None:
    for path in FOLDER.glob("*.svg"):
        source = path.read_text(encoding="utf-8")
        assert source.count("<svg") == 1, path.name
        assert "style" not in source, path.name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Anna Petrova", "AP"), ("Юлия", "Ю"), ("a b c", "AC"), ("", "?"), ("— ~", "?")],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_host_of_and_paired() -> None:
    assert host_of("https://www.example.org/x") == "example.org"
    assert host_of("nonsense") == ""
    assert paired(["a", "b"], [1, 2]) == [("a", 1), ("b", 2)]
