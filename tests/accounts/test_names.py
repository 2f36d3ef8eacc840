"""What people may be called."""

import pytest
from django.core.exceptions import ValidationError

from showpiece.accounts.names import (
    clean_display_name,
    validate_display_name,
    validate_not_reserved,
    validate_username,
)


@pytest.mark.parametrize("name", ["ann", "Ann-Lee_2", "0x1", "a" * 40])
def test_usernames(name: str) -> None:
    validate_username(name)
    validate_not_reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 41,
        "-ann",
        "_ann",
        "ann lee",
        "ann@x",
        "ann.lee",
        "\u0430nn",
        "ann\n",
        "ann\u0435",
        "ann٣",
        "\uff41nn",
    ],
)
def test_no_usernames(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_username(name)


@pytest.mark.parametrize("name", ["admin", "Admin", "STAFF", "api", "admin_", "Sign_In", "styleguide", "media", "runs"])
def test_reserved(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_not_reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ann", "Анна Петрова", "José Ñuñez-Łoś", "山田 太郎", "カタカナとひらがな漢字", "Ελένη", "محمد", "김철수 金",
        "Анна (Ann)", "O'Neill", "R2-D2", "Иван IV", "Nguyễn Thị Ánh", "Ann 🌿", "हिन्दी", "שלום",
    ],
)  # fmt: skip
def test_names(name: str) -> None:
    validate_display_name(clean_display_name(name))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Visit https://evil.example", "address"),
        ("www.evil.example", "address"),
        ("ann@evil.example", "address"),
        ("\u0410dmin", "mixed_scripts"),  # a Cyrillic A
        ("Adm\u0456n", "mixed_scripts"),  # a Ukrainian i
        ("\u0405taff", "mixed_scripts"),
        ("\u03a1aul", "mixed_scripts"),  # a Greek rho
        ("Ann\u202eeellA", "invisible"),  # turned round
        ("Ann\u2066x", "invisible"),
        ("An\u200bn", "invisible"),  # no width
        ("An\u00adn", "invisible"),  # soft hyphen
        ("Ann\x07", "invisible"),
        ("Ann\ue000", "invisible"),
        ("A" + "\u0301\u0302\u0303\u0304\u0305\u0306" + "nn", "marks"),
        ("\U0001d400dm\u0456n", "mixed_scripts"),
        ("...", "no_letters"),
        ("🌿", "no_letters"),
    ],
)
def test_no_names(name: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validate_display_name(clean_display_name(name))
    assert caught.value.code == code


def test_names_are_tidied() -> None:
    assert clean_display_name("  Ann \t Lee ") == "Ann Lee"
    assert clean_display_name("e\u0301") == "é"
