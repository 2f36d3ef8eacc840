"""Trying a demo over HTTP."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from showpiece.catalog.models import Status
from showpiece.demos import execution, services
from showpiece.demos.forms import refused_form
from showpiece.demos.models import Demo, Run, RunFile
from tests.demos.conftest import picture_bytes
from tests.demos.test_runs import stored_files
from tests.factories import DemoFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> Demo:
    return DemoFactory()


def upload(data: bytes, name: str = "photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def fields(**changes: Any) -> dict[str, Any]:
    usual = {"key": str(uuid.uuid4()), "axis": "horizontal", "times": "1", "strength": "0.5"}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def send(client: Client, demo: Demo, data: bytes | None = None, *, htmx: bool = False, **changes: Any) -> Any:
    body = fields(**changes)
    if data is not None:
        body["image"] = upload(data)
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(demo.run_url, body, headers=headers)


def finished(client: Client, demo: Demo) -> Run:
    assert send(client, demo, picture_bytes()).status_code == 302
    run = Run.objects.get()
    execution.execute(run.pk)
    run.refresh_from_db()
    assert run.status == Run.Status.SUCCEEDED
    return run


def test_form_shows_every_input(client: Client, demo: Demo) -> None:
    html = client.get(demo.project.get_absolute_url()).content.decode()
    for name in ("image", "axis", "times", "strength", "loud", "key"):
        assert f'name="{name}"' in html
    assert "How often." in html
    assert 'enctype="multipart/form-data"' in html


def test_looking_at_a_page_makes_no_session(client: Client, demo: Demo) -> None:
    client.get(demo.project.get_absolute_url())
    assert "sessionid" not in client.cookies


def test_sending_a_picture_leads_to_its_run(client: Client, demo: Demo) -> None:
    answer = send(client, demo, picture_bytes(), axis="vertical", times="3")
    run = Run.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, run.get_absolute_url())
    assert run.input == {"axis": "vertical", "times": 3, "strength": 0.5, "loud": False}
    assert client.get(run.get_absolute_url()).status_code == 200


def test_htmx_gets_the_panel_and_the_address(client: Client, demo: Demo) -> None:
    answer = send(client, demo, picture_bytes(), htmx=True)
    run = Run.objects.get()
    assert answer.status_code == 200
    assert answer["HX-Push-Url"] == run.get_absolute_url()
    assert reverse("run_events", args=[run.pk]) in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_double_click_makes_one_run(client: Client, demo: Demo) -> None:
    key = str(uuid.uuid4())
    first, second = (send(client, demo, picture_bytes(), key=key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "The file is empty.", id="empty"),
        pytest.param(b"just some words\n" * 50, "This is not an image.", id="text"),
        pytest.param(picture_bytes(size=(300, 300), kind="JPEG")[:-400], "damaged or incomplete", id="truncated"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image", id="svg"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", "This is not an image.", id="html"),
        pytest.param(b"GIF89a" + bytes(100), "not supported", id="gif"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_bad_file_is_told_at_the_field_and_nothing_is_kept(
    client: Client, demo: Demo, data: bytes, message: str, *, htmx: bool
) -> None:
    answer = send(client, demo, data, htmx=htmx)
    assert answer.status_code == 422
    assert message in str(answer.context["form"].errors["image"])
    assert message in answer.content.decode()
    assert not Run.objects.exists()
    assert stored_files() == []


def test_file_over_the_limit(client: Client, demo: Demo, settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 1000
    answer = send(client, demo, picture_bytes(size=(200, 200)) + bytes(1000))
    assert answer.status_code == 422
    assert "The file is too large" in str(answer.context["form"].errors["image"])


def test_missing_fields_are_told_each(client: Client, demo: Demo) -> None:
    answer = send(client, demo, None, times=None, key="no uuid")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"image"}


def test_bad_hidden_key_is_no_fault_of_the_visitors(client: Client, demo: Demo) -> None:
    assert send(client, demo, picture_bytes(), key="no uuid").status_code == 302
    assert send(client, demo, picture_bytes(), key=None).status_code == 302
    assert Run.objects.count() == 2


def test_double_click_of_a_new_visitor_leads_both_to_one_run(demo: Demo) -> None:
    """The browser keeps the cookie of whichever answer came last."""
    key = str(uuid.uuid4())
    first, second = Client(), Client()
    places = {send(browser, demo, picture_bytes(), key=key)["Location"] for browser in (first, second)}
    assert len(places) == 1
    for browser in (first, second):
        assert browser.get(places.copy().pop()).status_code == 200


def test_refused_form_can_be_used_again(client: Client, demo: Demo) -> None:
    """After a body that was refused unread, the form is as at first."""
    form = refused_form(demo, "Too large.")
    assert form.errors == {"image": ["Too large."]}
    assert 'name="times" value="1"' in str(form)
    assert f'value="{form["key"].value()}"' in str(form)


def test_sample_that_is_gone_is_told(client: Client, demo: Demo) -> None:
    demo.sample.name = "samples/gone.jpg"
    demo.save()
    answer = send(client, demo, None, use_sample="1")
    assert answer.status_code == 503
    assert "did not work on our side" in answer.content.decode()


def test_expired_run_is_gone_before_it_is_swept(client: Client, demo: Demo) -> None:
    run = finished(client, demo)
    file = run.files.first()
    assert file is not None
    Run.objects.update(expires_at=run.created_at)
    assert client.get(run.get_absolute_url()).status_code == 404
    assert client.get(reverse("run_file", args=[run.pk, file.pk])).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("times", "6"),
        ("times", "0"),
        ("times", "1.5"),
        ("times", "x"),
        ("strength", "1.01"),
        ("strength", "nan"),
        ("axis", "up"),
    ],
)
def test_option_out_of_range_is_told_at_the_field(client: Client, demo: Demo, field: str, value: str) -> None:
    answer = send(client, demo, picture_bytes(), **{field: value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Run.objects.exists()
    assert stored_files() == []


@pytest.mark.parametrize("name", ["../../" * 40 + "фото" * 20 + ".png", "a\x00b.png", ".png", "шлюз.jpg"])
def test_name_of_the_file_does_not_matter(client: Client, demo: Demo, name: str) -> None:
    answer = client.post(demo.run_url, fields(image=upload(picture_bytes(), name)))
    assert answer.status_code == 302
    stored = Run.objects.get().files.get().file.name
    assert stored.startswith("runs/")
    assert "фото" not in stored
    assert ".." not in stored


def test_too_many_runs_is_told(client: Client, demo: Demo, settings: Any) -> None:
    settings.RUN_MAX_OPEN_PER_VISITOR = 1
    send(client, demo, picture_bytes())
    answer = send(client, demo, picture_bytes())
    assert answer.status_code == 429
    assert "too many unfinished runs" in answer.content.decode()


def test_sample_runs_without_a_file(client: Client) -> None:
    demo = services.demo_create(
        project=ProjectFactory(),
        kind="local",
        state="live",
        predictor="mirror",
        sample=picture_bytes((1, 2, 200)),
    )
    assert send(client, demo, None, use_sample="1").status_code == 302
    assert Run.objects.get().files.get().field == "image"
    download = client.get(demo.sample_url)
    assert download["Content-Disposition"].startswith("attachment")
    assert download.content[:2] == b"\xff\xd8"


def test_sample_of_a_demo_without_one(client: Client, demo: Demo) -> None:
    assert send(client, demo, None, use_sample="1").status_code == 422
    assert client.get(reverse("demo_sample", args=[demo.project.creator.slug, demo.project.slug])).status_code == 404


def test_result_page_shows_picture_table_text_and_json(client: Client, demo: Demo) -> None:
    run = finished(client, demo)
    html = client.get(run.get_absolute_url()).content.decode()
    output = run.files.get(role=RunFile.Role.OUTPUT)
    assert reverse("run_file", args=[run.pk, output.pk]) in html
    for words in ("Stripes", "Colour", "red", "turned", "78 %"):
        assert words in html, words


def test_files_can_only_be_looked_at(client: Client, demo: Demo) -> None:
    run = finished(client, demo)
    for file in run.files.all():
        answer = client.get(reverse("run_file", args=[run.pk, file.pk]))
        assert answer["Content-Type"] == file.content_type
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
        download = client.get(reverse("run_file", args=[run.pk, file.pk]) + "?download")
        assert download["Content-Disposition"].startswith("attachment")


def test_table_and_output_download(client: Client, demo: Demo) -> None:
    run = finished(client, demo)
    lines = client.get(reverse("run_table", args=[run.pk, "stripes"])).content.decode().splitlines()
    assert lines[0] == "colour,share,note"
    assert lines[1].startswith("red,0.7")
    assert json.loads(client.get(reverse("run_json", args=[run.pk])).content) == run.output
    assert client.get(reverse("run_table", args=[run.pk, "verdict"])).status_code == 404
    assert client.get(reverse("run_table", args=[run.pk, "nothing"])).status_code == 404


def test_table_guards_against_formulas_in_spreadsheets(client: Client, demo: Demo) -> None:
    run = finished(client, demo)
    assert run.output is not None
    run.output["stripes"][0]["note"] = '=HYPERLINK("https://evil.example")'
    run.save()
    lines = client.get(reverse("run_table", args=[run.pk, "stripes"])).content.decode().splitlines()
    assert "'=HYPERLINK" in lines[1]


def test_output_before_the_end_is_not_there(client: Client, demo: Demo) -> None:
    send(client, demo, picture_bytes())
    run = Run.objects.get()
    assert client.get(reverse("run_json", args=[run.pk])).status_code == 404
    assert client.get(reverse("run_table", args=[run.pk, "stripes"])).status_code == 404


def test_failed_run_tells_why(client: Client, demo: Demo) -> None:
    send(client, demo, picture_bytes((0, 0, 0)))
    run = Run.objects.get()
    execution.execute(run.pk)
    html = client.get(run.get_absolute_url()).content.decode()
    assert "There is no light in this picture." in html


def test_waiting_page_reloads_itself_without_script(client: Client, demo: Demo) -> None:
    send(client, demo, picture_bytes())
    run = Run.objects.get()
    assert b'http-equiv="refresh"' in client.get(run.get_absolute_url()).content
    execution.execute(run.pk)
    assert b'http-equiv="refresh"' not in client.get(run.get_absolute_url()).content


def test_cancel_and_delete(client: Client, demo: Demo) -> None:
    send(client, demo, picture_bytes())
    run = Run.objects.get()
    assert client.get(reverse("run_cancel", args=[run.pk])).status_code == 405
    assert client.post(reverse("run_cancel", args=[run.pk])).status_code == 302
    run.refresh_from_db()
    assert run.status == Run.Status.CANCELED
    assert client.get(reverse("run_delete", args=[run.pk])).status_code == 405
    answer = client.post(reverse("run_delete", args=[run.pk]))
    assert answer["Location"] == demo.get_absolute_url()
    assert not Run.objects.exists()
    assert stored_files() == []


def test_what_time_it_is_is_asked_at_each_visit(client: Client, demo: Demo, time_machine: Any) -> None:
    """The queries are written once, and hold no moment."""
    run = finished(client, demo)
    pages = [run.get_absolute_url(), reverse("run_events", args=[run.pk])]
    assert [client.get(page).status_code for page in pages] == [200, 200]
    demo.project.published_at = run.expires_at
    demo.project.save()
    assert client.get(demo.about_url).status_code == 404
    time_machine.move_to(run.expires_at + timedelta(minutes=1))
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.get(demo.about_url).status_code == 200


@pytest.mark.parametrize("what", ["project", "creator", "category"])
def test_demo_of_an_archived_thing_cannot_be_run(client: Client, demo: Demo, what: str) -> None:
    row = demo.project if what == "project" else getattr(demo.project, what)
    row.status = Status.ARCHIVED
    row.save()
    assert send(client, demo, picture_bytes()).status_code == 404
    assert client.get(demo.project.get_absolute_url()).status_code == 404
    assert client.get(demo.about_url).status_code == 404


@pytest.mark.parametrize(
    "fields", [{"state": "soon"}, {"kind": "link", "predictor": "", "url": "https://example.org/bot"}]
)
def test_demo_that_cannot_run_here_has_no_form(client: Client, fields: dict[str, str]) -> None:
    demo = DemoFactory(**fields)
    page = client.get(demo.project.get_absolute_url())
    assert page.status_code == 200
    assert page.context["form"] is None
    assert send(client, demo, picture_bytes()).status_code == 404


def test_run_needs_its_token(demo: Demo) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, demo, picture_bytes()).status_code == 403
    assert not Run.objects.exists()


def test_getting_the_run_address_leads_to_the_form(client: Client, demo: Demo) -> None:
    """It stands in the address bar after a refused form."""
    assert client.get(demo.run_url)["Location"] == demo.get_absolute_url()
    assert not Run.objects.exists()


def test_malformed_ids_are_not_found(client: Client) -> None:
    for path in (
        "/runs/1/",
        f"/runs/{uuid.uuid4()}/",
        f"/runs/{uuid.uuid4()}/files/{uuid.uuid4()}/",
        "/runs/x/events/",
    ):
        assert client.get(path).status_code == 404, path


def test_result_of_a_removed_predictor_is_still_there(client: Client, demo: Demo) -> None:
    run = finished(client, demo)
    Demo.objects.update(predictor="gone")
    html = client.get(run.get_absolute_url()).content.decode()
    assert "turned" in html
    assert "<img" in html
    assert send(client, demo, picture_bytes()).status_code == 404
