"""Who may do what on the pages for staff: permission by action."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from showpiece.catalog.models import (
    Category,
    Project,
    Rating,
    Status,
)
from tests.catalog.staff import act, form_of, fresh, page, staff_with
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db
MODELS = ["project", "category", "creator", "tag", "release", "rating", "blockedfile"]


class TestPermissions:
    """Django's own names: view, add, change, delete. A superuser has them all, and nobody else by another way."""

    @pytest.mark.parametrize("model", MODELS)
    def test_looking_needs_view(self, model: str) -> None:
        address = page(f"{model}_changelist")
        assert staff_with(f"view_{model}").get(address).status_code == 200
        others = [f"view_{other}" for other in MODELS if other != model]
        assert staff_with(*others).get(address).status_code == 403

    @pytest.mark.parametrize("model", MODELS)
    def test_members_are_refused(self, client: Client, model: str) -> None:
        user = UserFactory()
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog"))
        assert client.get(page(f"{model}_changelist")).status_code == 302  # to sign in
        client.force_login(user)
        assert client.get(page(f"{model}_changelist"), follow=True).status_code == 403

    def test_category_by_permission(self) -> None:
        category, empty = CategoryFactory(name="Old"), CategoryFactory()
        ProjectFactory(category=category)
        change, add, delete = (
            page("category_change", category.pk),
            page("category_add"),
            page("category_delete", empty.pk),
        )
        looker = staff_with("view_category")
        for address in (change, add, delete):
            assert looker.post(address, {"name": "New", "slug": "new", "post": "yes"}).status_code == 403
        editor = staff_with("view_category", "change_category")
        assert editor.post(change, form_of(editor, change, name="New")).status_code == 302
        assert fresh(category).name == "New"
        assert editor.post(add, {"name": "Made", "slug": "made"}).status_code == 403
        act(editor, "category", "archive", category)
        assert fresh(category).status == Status.PUBLISHED
        maker = staff_with("view_category", "add_category")
        assert maker.post(add, {"name": "Made", "slug": "made", "name_ru": "Сделано"}).status_code == 302
        assert Category.objects.get(slug="made").translations == {"ru": {"name": "Сделано"}}
        archiver = staff_with("view_category", "delete_category")
        act(archiver, "category", "archive", category)
        assert fresh(category).status == Status.ARCHIVED
        assert archiver.post(delete, {"post": "yes"}).status_code == 302
        assert not Category.objects.filter(pk=empty.pk).exists()
        assert archiver.post(page("category_delete", category.pk), {"post": "yes"}).status_code in (200, 403)
        assert Category.objects.filter(pk=category.pk).exists()

    def test_project_by_permission(self, project: Project) -> None:
        change = page("project_change", project.pk)
        looker = staff_with("view_project")
        assert looker.post(change, {"name": "After"}).status_code == 403
        for action in ("feature", "archive"):
            act(looker, "project", action, project)
        assert (fresh(project).featured_at, fresh(project).status) == (None, Status.PUBLISHED)
        editor = staff_with("view_project", "change_project")
        assert editor.post(change, form_of(editor, change, name="After")).status_code == 302
        act(editor, "project", "feature", project)
        act(editor, "project", "archive", project)
        assert fresh(project).name == "After"
        assert fresh(project).featured_at
        assert fresh(project).status == Status.PUBLISHED
        act(editor, "project", "unfeature", project)
        assert not fresh(project).featured_at
        archiver = staff_with("view_project", "delete_project")
        act(archiver, "project", "archive", project)
        assert (fresh(project).status, fresh(project).archived_by_staff) == (Status.ARCHIVED, True)
        act(archiver, "project", "restore", project)
        assert (fresh(project).status, fresh(project).archived_by_staff) == (Status.PUBLISHED, False)
        assert archiver.post(page("project_delete", project.pk), {"post": "yes"}).status_code == 403
        assert act(archiver, "project", "delete_selected", project).status_code == 200
        assert Project.objects.filter(pk=project.pk).exists()

    def test_creator_by_permission(self) -> None:
        creator = CreatorFactory(name="Before")
        project = ProjectFactory(creator=creator)
        change = page("creator_change", creator.pk)
        assert staff_with("view_creator").post(change, {"name": "After"}).status_code == 403
        editor = staff_with("view_creator", "change_creator")
        assert editor.post(change, form_of(editor, change, name="After", about_ru="Пишу")).status_code == 302
        assert (fresh(creator).name, fresh(creator).translations) == ("After", {"ru": {"about": "Пишу"}})
        act(editor, "creator", "archive", creator)
        assert fresh(creator).status == Status.PUBLISHED
        archiver = staff_with("view_creator", "delete_creator")
        act(archiver, "creator", "archive", creator)
        assert Client().get(project.get_absolute_url()).status_code == 404
        act(archiver, "creator", "restore", creator)
        assert Client().get(project.get_absolute_url()).status_code == 200

    def test_rating_is_read_and_taken_out(self) -> None:
        rating = RatingFactory()
        editor = staff_with("view_rating", "change_rating", "add_rating")
        assert editor.post(page("rating_change", rating.pk), {"stars": 1}).status_code == 403
        assert editor.get(page("rating_add")).status_code == 403
        staff_with("view_rating", "delete_rating").post(page("rating_delete", rating.pk), {"post": "yes"})
        assert not Rating.objects.exists()
        assert rating.project.recounts.exists()
