"""The addresses of the sample's people, which do not exist: no mail to them can reach anybody."""

from showpiece.accounts.models import User

_DOMAIN = "@showpiece.example"


def email_of(name: str) -> str:
    """The address of the person of this name."""
    return f"{name}{_DOMAIN}"


def is_invented(user: User) -> bool:
    """Whether the account has such an address still: nobody has made it their own."""
    return user.email.endswith(_DOMAIN)
