from django.urls import include, path

from showpiece.catalog import sitemaps, views, views_project, views_releases
from showpiece.catalog.feeds import AtomProjectFeed, ProjectFeed

urlpatterns = [
    path("projects/", views.project_list, name="project_list"),
    path("projects/feed/", ProjectFeed(), name="project_feed"),
    path("projects/feed/atom/", AtomProjectFeed(), name="project_feed_atom"),
    path("studio/", include("showpiece.catalog.studio.urls")),
    path("categories/<slug:slug>/", views.project_list, name="category"),
    path("categories/<slug:slug>/feed/", ProjectFeed(), name="category_feed"),
    path("categories/<slug:slug>/feed/atom/", AtomProjectFeed(), name="category_feed_atom"),
    path("@<slug:creator>/<slug:project>/versions/", views_releases.versions, name="versions"),
    path("@<slug:creator>/<slug:project>/files/<uuid:file>/", views_releases.release_file, name="release_file"),
    path("@<slug:creator>/<slug:project>/rating/", views_project.project_rate, name="project_rate"),
    path("@<slug:creator>/<slug:project>/archive/", views_project.project_archive, name="project_archive"),
    path("@<slug:creator>/<slug:project>/restore/", views_project.project_restore, name="project_restore"),
    path("@<slug:creator>/<slug:project>/feature/", views_project.project_feature, name="project_feature"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.sitemap_pages, name="sitemap_pages"),
    path("sitemap-<slug:kind>-from-<uuid:start>.xml", sitemaps.sitemap_part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
