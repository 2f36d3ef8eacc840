"""Headers of static files, which are served before any middleware."""

from wsgiref.headers import Headers


def static_headers(headers: Headers, path: str, url: str) -> None:
    """No browser may take a file for another type than we say. ServeStatic calls this once a file."""
    del path, url
    headers["X-Content-Type-Options"] = "nosniff"
