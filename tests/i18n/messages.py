"""Taking the site's messages from its sources. `python -m tests.i18n.messages` brings the catalogues up to date:

new messages are added, lost ones removed, changed ones marked fuzzy with a guess; translate what it names in
`src/showpiece/locale/ru/LC_MESSAGES/django.po` and run it again. It needs GNU gettext; the site itself does not.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "showpiece"
PROGRAMS = ("xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt")
# Nothing that changes by itself: no dates, names or machines.
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"
"""
PLURAL_FORMS = {
    "ru": "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 :"
    " n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);"
}

Key = tuple[str | None, str | tuple[str, ...]]


def missing_programs() -> list[str]:
    return [name for name in PROGRAMS if shutil.which(name) is None]


def po_path(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language)


def read_compiled(language: str) -> Catalog:
    with po_path(language).with_suffix(".mo").open("rb") as file:
        return read_mo(file)


def messages(catalogue: Catalog) -> list[Message]:
    """All but the header."""
    return [message for message in catalogue if message.id]


def key(message: Message) -> Key:
    given, context = message.id, message.context
    if isinstance(context, bytes):  # as Babel reads it from a compiled catalogue
        context = context.decode()
    return context, given if isinstance(given, str) else tuple(given)


def extract(folder: Path, language: str) -> Path:
    """Run makemessages on a copy of the sources in `folder`. The catalogue that it gives, old translations in it."""
    copy = folder / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=_not_sources)
    options = ["--no-location", "--no-wrap", "--no-obsolete"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        # -P: the copy's own modules must not stand in for anything that Django imports.
        [sys.executable, "-P", "-m", "django", "makemessages", "--locale", language, *options],
        cwd=copy,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return copy / po_path(language).relative_to(PACKAGE)


def _not_sources(folder: str, names: list[str]) -> list[str]:
    kept = (".py", ".html", ".txt", ".po")
    return [name for name in names if not (Path(folder, name).is_dir() or name.endswith(kept))]


def update(language: str) -> list[Message]:
    """Write the .po and the .mo of `language` anew. Returns what is left to translate."""
    with tempfile.TemporaryDirectory() as folder:
        merged = extract(Path(folder), language).read_text(encoding="utf-8")
    head, _blank, body = merged.partition("\n\n")
    if "Plural-Forms" not in head:
        raise ValueError("the catalogue begins without a header")
    header = HEADER.format(language=language, plural_forms=PLURAL_FORMS[language])
    target = po_path(language)
    target.write_text(f"{header}\n{body}", encoding="utf-8")
    subprocess.run(["msgfmt", "--check-format", "--output-file", target.with_suffix(".mo"), target], check=True)
    return [message for message in messages(read_catalogue(language)) if message.fuzzy or not _complete(message)]


def _complete(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def main() -> int:
    if missing := missing_programs():
        print(f"This needs GNU gettext. Not found: {', '.join(missing)}.")
        return 1
    left = 0
    for language in PLURAL_FORMS:
        for message in update(language):
            left += 1
            print(f"{language}: {'fuzzy' if message.fuzzy else 'not translated'}: {message.id}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
