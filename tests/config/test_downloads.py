"""Settings about downloads."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from showpiece.config.downloads import accel_path


@pytest.mark.parametrize("text", ["", "/protected/", "/a/b-c/"])
def test_path_of_nginx(text: str) -> None:
    assert accel_path(text) == text


@pytest.mark.parametrize("text", ["/", "protected/", "/protected", "https://example.org/", "/a b/", "/a/\n"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DOWNLOADS_ACCEL"):
        accel_path(text)
