"""The site's settings, with the sites that say who people are replaced by `identity.py` at IDENTITY_URL."""

import os

from showpiece.config import social
from showpiece.config.settings import *  # noqa: F403
from showpiece.config.settings import SOCIALACCOUNT_PROVIDERS

PEER = os.environ["IDENTITY_URL"]
SOCIALACCOUNT_PROVIDERS["github"]["GITHUB_URL"] = PEER
SOCIALACCOUNT_PROVIDERS["google"] |= {
    "AUTHORIZE_URL": f"{PEER}/google/authorize",
    "ACCESS_TOKEN_URL": f"{PEER}/google/token",
    "IDENTITY_URL": f"{PEER}/google/userinfo",
}
social.SIGN_IN_HOSTS.update(github=PEER, google=PEER)
SOCIALACCOUNT_REQUESTS_TIMEOUT = 1
