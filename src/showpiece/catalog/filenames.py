"""Names of files that people give, made safe to store in a row, to show, and to save under."""

import re
import unicodedata

MAX_LENGTH = 150
# What Windows allows in no name.
FORBIDDEN = re.compile(r'[<>:"|?*]')
BLANKS = re.compile(r"\s+")
# Control characters, those that turn the direction of reading or cannot be seen, halves of pairs, private ones, and
# those that break lines: "Cn" is what has no meaning yet.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
LONGEST_SUFFIX = 20


def safe_name(name: str) -> str:
    """The last part of a path, without what hides or cheats, at most 150 characters, its ending kept."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in BLANKS.sub(" ", name) if unicodedata.category(letter) not in UNSEEN)
    name = FORBIDDEN.sub("_", name).strip(" .")
    if len(name) > MAX_LENGTH:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= LONGEST_SUFFIX else ""
        name = name[: MAX_LENGTH - len(ending)].rstrip(" .") + ending
    return name or "file"
