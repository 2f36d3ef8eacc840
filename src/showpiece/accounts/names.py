"""What people may be called: a username for addresses and signing in, and a name that is shown."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.looks import loose_looks

USERNAME_MIN_LENGTH, USERNAME_MAX_LENGTH = 3, 40

validate_username = RegexValidator(
    rf"\A[A-Za-z0-9][A-Za-z0-9_-]{{{USERNAME_MIN_LENGTH - 1},{USERNAME_MAX_LENGTH - 1}}}\Z",
    _("Use 3 to 40 Latin letters, digits, hyphens and underscores, and begin with a letter or a digit."),
    code="invalid_username",
)

# Names that would pass for the site itself, and those that stand or may stand in its addresses. Who registers may not
# take them; the operator may give them.
_RESERVED = """
    about abuse account accounts admin administrator anonymous api auth billing blog bot categories category contact
    creator creators deleted demo demos docs donate donations download downloads everyone feed followers following
    front guest health help home host info inbox jobs legal login logout mail me media member members messages
    moderator news nobody notifications null official operator order orders owner password payment payments postmaster
    preferences privacy profile project projects register robots root rss run runs search security sell settings shop
    showpiece sign-in sign-up signin signup site sitemap staff static status styleguide superuser support system team
    terms test undefined user username users webhook webhooks webmaster www you
"""
RESERVED_USERNAMES = frozenset(_RESERVED.split())
_RESERVED_LOOKS = frozenset().union(*map(loose_looks, RESERVED_USERNAMES))

# By these the site would seem to speak. Those of the first kind in any word of a name, those of the second alone.
_OFFICIAL_WORDS = """
    admin administration administrator administrators moderator moderators showpiece superuser webmaster
    админ администратор администраторы администрация модератор модераторы модерация
"""
_OFFICIAL_NAMES = """
    bot, billing, customer service, helpdesk, host, mod, mods, official, operator, owner, payments, root, security,
    site, staff, support, support team, system, team, the team,
    безопасность, бот, владелец, команда, модер, оператор, персонал, поддержка, редакция, сайт, система,
    служба безопасности, служба поддержки, сотрудник, сотрудники, техподдержка
"""
_OFFICIAL_WORD_LOOKS = frozenset().union(*map(loose_looks, _OFFICIAL_WORDS.split()))
_OFFICIAL_NAME_LOOKS = _OFFICIAL_WORD_LOOKS | frozenset().union(*map(loose_looks, _OFFICIAL_NAMES.split(",")))


def validate_not_reserved(username: str) -> None:
    """Raises `ValidationError` for a username that nobody may register, nor one that looks like it."""
    if loose_looks(username) & _RESERVED_LOOKS:
        raise ValidationError(_("This username is reserved. Please choose another one."), code="reserved_username")


def validate_not_official(name: str) -> None:
    """Raises `ValidationError` for a name by which a member would pass for the site or its staff."""
    words = re.split(r"[\W_]+", unicodedata.normalize("NFC", name))
    if loose_looks(name) & _OFFICIAL_NAME_LOOKS or any(loose_looks(word) & _OFFICIAL_WORD_LOOKS for word in words):
        raise ValidationError(
            _("This name is kept for the people who run this site. Please choose another one."), code="official_name"
        )


def clean_display_name(name: str) -> str:
    """The name with single spaces, composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", name).split())


# Writing systems that are used together in one word (Unicode Technical Standard 39, "highly restrictive", without its
# Latin). `unicodedata` knows no scripts, but the name of each letter begins with its script.
_TOGETHER = (
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"CJK", "BOPOMOFO"},
    {"CJK", "HANGUL"},
)
_MAX_MARKS = 3


def validate_display_name(name: str) -> None:
    """Raises `ValidationError` for what only serves to be mistaken for somebody else, or to spoil a page.

    Refused are characters that cannot be seen or turn the direction of writing, heaps of accents, and words that mix
    scripts, such as a Cyrillic letter in a Latin word.
    """
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") for character in name):
        raise ValidationError(_("The name has characters that cannot be seen. Please type it anew."), code="invisible")
    if re.search(r"://|www\.|@", name, re.IGNORECASE):  # mails greet by it, also those that go to a stranger
        raise ValidationError(_("A name has no address in it."), code="address")
    marks = "".join("m" if unicodedata.combining(one) else " " for one in unicodedata.normalize("NFD", name))
    if "m" * (_MAX_MARKS + 1) in marks:
        raise ValidationError(_("The name has too many accents on one letter."), code="marks")
    # NFKC makes a plain letter of one that is drawn bold, in a circle or in full width.
    for word in re.split(r"[\W\d_]+", unicodedata.normalize("NFKC", name)):
        scripts = {_script(letter) for letter in word if letter.isalpha()}
        if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
            raise ValidationError(
                _("A word of the name mixes letters of different alphabets that look alike."), code="mixed_scripts"
            )
    if name and not any(character.isalnum() for character in name):
        raise ValidationError(_("Please enter a name with letters in it."), code="no_letters")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]
