"""Settings, from environment variables only; `docs/configuration.md` lists them with their defaults."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from showpiece.commands.checks import url, web_address
from showpiece.config.databases import database
from showpiece.config.downloads import accel_path
from showpiece.config.limits import RATE_LIMITS
from showpiece.config.logging import logging_config
from showpiece.config.mail import QUEUE_BACKEND, mail_server, sender, site_address
from showpiece.config.money import (
    donation_amounts,
    fee_percent,
    payment_providers,
    positive,
    shop_currency,
    stripe_api_base,
    stripe_key,
    stripe_webhook_secret,
)
from showpiece.config.paths import PACKAGE, home, kept_secret, work_folder
from showpiece.config.social import social_providers
from showpiece.config.static import static_headers
from showpiece.config.tasks import tasks_config

env = environ.Env()


def _names(text: str) -> list[str]:
    """A list with commas, and blanks where people write them."""
    return [name.strip() for name in text.split(",") if name.strip()]


HOME: Path = home()
DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", default="") or kept_secret(HOME / "secret_key")
ALLOWED_HOSTS = _names(env.str("ALLOWED_HOSTS", default="")) or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = _names(env.str("CSRF_TRUSTED_ORIGINS", default=""))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "servestatic",
    "showpiece.accounts",  # before allauth, whose templates it overrides
    "showpiece.mail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "django_cotton",
    "django_htmx",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "health_check",
    "unfold.contrib.simple_history",  # before simple_history, whose templates it overrides
    "import_export",
    "post_office",
    "simple_history",
    "taggit",
    "showpiece.catalog",
    "showpiece.demos",
    "showpiece.payments",
    "showpiece.orders",
    "showpiece.donations",
    "showpiece.jobs",
    "showpiece.sample",
    "showpiece.web",
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it overrides, and after ours
    "showpiece.config.admin.BackOfficeConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "showpiece.config.compression.PageCompression",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "showpiece.config.too_large.TooLargeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "showpiece.accounts.middleware.PresenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last, so that its way to the page that asks for the password again is no error to those above.
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "showpiece.config.urls"
ASGI_APPLICATION = "showpiece.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "showpiece.web.context.preferences",
            ],
        },
    },
]

# Where things live

DATABASES = {"default": database(env.str("DATABASE_URL", default=""), default=HOME / "showpiece.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Counts tries at passwords, among others, so all web processes must see the same one.
shared_cache: dict[str, Any] = env.cache_url_config(
    env.str("CACHE_URL", default="dbcache://shared_cache") or "dbcache://shared_cache"
)
if "redis" not in shared_cache["BACKEND"]:  # which has a limit of its own, and takes the option for one of its client
    # Whoever fills it up makes it forget, so it is not small.
    shared_cache["OPTIONS"] = {"MAX_ENTRIES": 50_000} | shared_cache.get("OPTIONS", {})
CACHES = {
    "default": shared_cache,
    # Rendered pieces of pages, under keys made of what they show. In the process: a page has a dozen of them, and as
    # many journeys to another server would cost more than rendering.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
BROKER_URL: str = env.str("BROKER_URL", default="")
TASKS = tasks_config(BROKER_URL)

# Two stores: what anybody may see (covers), and what only a view with a check hands out (files of runs).
MEDIA_URL = "/media/"
STATIC_ROOT = HOME / "static"
STATIC_URL = "/static/"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "media" / "private", "base_url": None},
    },
    "public": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "media" / "public", "base_url": MEDIA_URL},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
SERVESTATIC_MAX_AGE = 0 if DEBUG else 3600
SERVESTATIC_ADD_HEADERS_FUNCTION = static_headers

# The catalogue

TAGGIT_CASE_INSENSITIVE = True

# Staff see old states in a list; nobody goes back to one past the services.
SIMPLE_HISTORY_REVERT_DISABLED = True
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# A gallery's films and the files of versions
GALLERY_VIDEO_MAX_BYTES: int = env.int("GALLERY_VIDEO_MAX_BYTES", default=100 * 2**20)
GALLERY_VIDEO_MAX_SECONDS: float = env.float("GALLERY_VIDEO_MAX_SECONDS", default=120)
RELEASE_FILE_MAX_BYTES: int = env.int("RELEASE_FILE_MAX_BYTES", default=500 * 2**20)
RELEASE_MAX_FILES: int = env.int("RELEASE_MAX_FILES", default=20)

# Money

# What prices are in unless a creator says otherwise; ISO 4217.
SHOP_CURRENCY: str = shop_currency(env.str("SHOP_CURRENCY", default="EUR"))
# The platform's part of what is left of a sale after tax.
PLATFORM_FEE_PERCENT: Decimal = fee_percent(env.str("PLATFORM_FEE_PERCENT", default="0"))
STRIPE_SECRET_KEY: str = stripe_key(env.str("STRIPE_SECRET_KEY", default=""))
STRIPE_WEBHOOK_SECRET: str = stripe_webhook_secret(env.str("STRIPE_WEBHOOK_SECRET", default=""))
# Another address of Stripe's API: for tests and proxies.
STRIPE_API_BASE: str = stripe_api_base(env.str("STRIPE_API_BASE", default=""))
# Where buyers send a bank transfer, as it is shown to them; a line break is written as \n.
BANK_DETAILS: str = env.str("BANK_DETAILS", default="").replace("\\n", "\n").strip()
# Who sells, as it stands on receipts; a line break in the address is written as \n.
SELLER_NAME: str = env.str("SELLER_NAME", default="").strip() or "Showpiece"
SELLER_ADDRESS: str = env.str("SELLER_ADDRESS", default="").replace("\\n", "\n").strip()
SELLER_TAX_ID: str = env.str("SELLER_TAX_ID", default="").strip()
PAYMENT_PROVIDERS = payment_providers(
    _names(env.str("PAYMENT_PROVIDERS", default="")), stripe_key=STRIPE_SECRET_KEY, bank_details=BANK_DETAILS
)
# Donations: the platform's part, and the least and what is offered, both in the shop's currency. In another currency it
# is about as much, in round numbers. Without a least it is about one euro.
DONATION_FEE_PERCENT: Decimal = fee_percent(env.str("DONATION_FEE_PERCENT", default="0"), "DONATION_FEE_PERCENT")
DONATION_MIN_MINOR: int = env.int("DONATION_MIN_MINOR", default=0)
DONATION_AMOUNTS = donation_amounts(_names(env.str("DONATION_AMOUNTS", default="")), SHOP_CURRENCY)
# How long an order, or a donation, may stay unpaid; and one whose money is on its way.
ORDER_EXPIRY_HOURS: int = positive("ORDER_EXPIRY_HOURS", env.int("ORDER_EXPIRY_HOURS", default=48))
ORDER_WAIT_DAYS: int = positive("ORDER_WAIT_DAYS", env.int("ORDER_WAIT_DAYS", default=14))

# What was bought

# Whether money that went back on the provider's side, where nobody says, takes the downloads back.
REFUND_REVOKES: bool = env.bool("REFUND_REVOKES", default=True)
# How long a download link works, and how often (orders/delivery/links.py).
DOWNLOAD_LINK_MINUTES: int = positive("DOWNLOAD_LINK_MINUTES", env.int("DOWNLOAD_LINK_MINUTES", default=10))
DOWNLOAD_LINK_USES: int = positive("DOWNLOAD_LINK_USES", env.int("DOWNLOAD_LINK_USES", default=5))
# The path below which nginx sends files of the private store itself; "": they go through us.
DOWNLOADS_ACCEL: str = accel_path(env.str("DOWNLOADS_ACCEL", default=""))
# How long it is kept who downloaded what.
DOWNLOAD_RETENTION_DAYS: int = positive("DOWNLOAD_RETENTION_DAYS", env.int("DOWNLOAD_RETENTION_DAYS", default=365))

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["showpiece.accounts.backend.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_overview"
LOGOUT_REDIRECT_URL = "front"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

ACCOUNT_ADAPTER = "showpiece.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "showpiece.accounts.forms.SignInForm",
    "signup": "showpiece.accounts.forms.SignUpForm",
    "add_email": "showpiece.accounts.forms.ChangeAddressForm",
    "change_password": "showpiece.accounts.forms.PasswordChangeForm",
    "set_password": "showpiece.accounts.forms.PasswordSetForm",
    "reset_password": "showpiece.accounts.forms.PasswordResetForm",
    "reset_password_from_key": "showpiece.accounts.forms.PasswordResetKeyForm",
    "reauthenticate": "showpiece.accounts.forms.PasswordConfirmForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "showpiece.accounts.signup.NameForm"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_EMAIL_VERIFICATION = "optional"  # an account works at once
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one takes its place when it is confirmed
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "account_overview"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if env.bool("HTTPS", default=False) else "http"
ACCOUNT_RATE_LIMITS = RATE_LIMITS
# How many proxies stand in front and name the visitor in X-Forwarded-For. Limits count by that address.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXIES", default=1 if env.bool("HTTPS", default=False) else 0)

MFA_ADAPTER = "showpiece.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Showpiece"
MFA_TOTP_TOLERANCE = 1  # clocks of phones go wrong
MFA_FORMS = {
    "authenticate": "showpiece.accounts.forms_mfa.CodeForm",
    "reauthenticate": "showpiece.accounts.forms_mfa.CodeConfirmForm",
    "activate_totp": "showpiece.accounts.forms_mfa.ActivateForm",
    "login_webauthn": "showpiece.accounts.forms_passkeys.SignInPasskeyForm",
    "authenticate_webauthn": "showpiece.accounts.forms_passkeys.CodePasskeyForm",
    "reauthenticate_webauthn": "showpiece.accounts.forms_passkeys.ConfirmPasskeyForm",
    "add_webauthn": "showpiece.accounts.forms_passkeys.AddPasskeyForm",
    "edit_webauthn": "showpiece.accounts.forms_passkeys.RenamePasskeyForm",
}

SOCIALACCOUNT_ADAPTER = "showpiece.accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "showpiece.accounts.forms_social.SocialSignUpForm"}
SOCIALACCOUNT_PROVIDERS = social_providers(
    github=(env.str("GITHUB_CLIENT_ID", default=""), env.str("GITHUB_CLIENT_SECRET", default="")),
    google=(env.str("GOOGLE_CLIENT_ID", default=""), env.str("GOOGLE_CLIENT_SECRET", default="")),
)
INSTALLED_APPS += [f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS]

# How long a ZIP of somebody's data may be downloaded, and an account waits to be deleted.
EXPORT_RETENTION_DAYS: int = env.int("EXPORT_RETENTION_DAYS", default=7)
DELETION_GRACE_DAYS: int = env.int("DELETION_GRACE_DAYS", default=7)

# Mail: every one is kept in the database first; with EMAIL_URL a job then hands it to the server that it names.

EMAIL_BACKEND = QUEUE_BACKEND
MAIL_BACKEND = ""
vars().update(mail_server(env.str("EMAIL_URL", default="")))
DEFAULT_FROM_EMAIL = sender(env.str("DEFAULT_FROM_EMAIL", default="") or "Showpiece <showpiece@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
POST_OFFICE = {"BACKENDS": {"default": MAIL_BACKEND or "django.core.mail.backends.dummy.EmailBackend"}}
MAIL_TIMEOUT: float = env.float("MAIL_TIMEOUT", default=10)
MAIL_MAX_ATTEMPTS: int = env.int("MAIL_MAX_ATTEMPTS", default=80)
MAIL_RETENTION_DAYS: int = env.int("MAIL_RETENTION_DAYS", default=30)
# Where links in mails lead.
SITE_URL: str = site_address(env.str("SITE_URL", default="") or url(*web_address()))

# Languages

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["showpiece.formats"]
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# Safety

SECURE_HTTPS: bool = env.bool("HTTPS", default=False)  # set when visitors reach the site over https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_HTTPS else None
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "showpiece.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "interest-cohort")
}

# Demos: limits of an upload and the life of a run

IMAGE_MAX_BYTES: int = env.int("IMAGE_MAX_BYTES", default=16 * 2**20)
IMAGE_MAX_PIXELS: int = env.int("IMAGE_MAX_PIXELS", default=40_000_000)
VIDEO_MAX_BYTES: int = env.int("VIDEO_MAX_BYTES", default=100 * 2**20)
VIDEO_MAX_SECONDS: float = env.float("VIDEO_MAX_SECONDS", default=60)
RUN_LEASE_SECONDS: int = env.int("RUN_LEASE_SECONDS", default=15)
RUN_MAX_ATTEMPTS: int = env.int("RUN_MAX_ATTEMPTS", default=5)
RUN_MAX_SECONDS: int = env.int("RUN_MAX_SECONDS", default=900)
RUN_RETENTION_HOURS: int = env.int("RUN_RETENTION_HOURS", default=24)
RUN_MAX_OPEN_PER_VISITOR: int = env.int("RUN_MAX_OPEN_PER_VISITOR", default=10)
RUN_MAX_OPEN: int = env.int("RUN_MAX_OPEN", default=1000)
# What is being sent or made lies here, and goes when it is done; what a killed process left goes after a while.
WORK_ROOT = work_folder(HOME)
FILE_UPLOAD_TEMP_DIR = str(WORK_ROOT)
WORKER_UPKEEP = [
    "showpiece.demos.upkeep.Upkeep",
    "showpiece.mail.upkeep.Upkeep",
    "showpiece.accounts.upkeep.Upkeep",
    "showpiece.catalog.media_upkeep.Upkeep",
    "showpiece.accounts.photo_upkeep.Upkeep",
    "showpiece.accounts.privacy.upkeep.Upkeep",
    "showpiece.catalog.numbers_upkeep.Upkeep",
    "showpiece.catalog.social_upkeep.Upkeep",
    "showpiece.payments.upkeep.Upkeep",
    "showpiece.orders.upkeep.Upkeep",
    "showpiece.donations.upkeep.Upkeep",
    "showpiece.orders.delivery.upkeep.Upkeep",
    "showpiece.catalog.search_upkeep.Upkeep",
    "showpiece.jobs.sqlite_upkeep.Upkeep",
]
WORKER_THREADS: int = env.int("WORKER_THREADS", default=0)  # 0: one a processor core

# Fields other than files; a longer body is refused before it is read (see config/body_limit.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 * 2**20
REQUEST_MAX_BYTES = IMAGE_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE
# Larger ones are sent to addresses that end like this, so that a body is judged without asking what it is for.
FILM_PATH, GALLERY_PATH, RELEASE_PATH = "run/film/", "gallery/add/", "files/add/"
LARGE_REQUESTS = {
    FILM_PATH: VIDEO_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE,
    GALLERY_PATH: max(GALLERY_VIDEO_MAX_BYTES, IMAGE_MAX_BYTES) + DATA_UPLOAD_MAX_MEMORY_SIZE,
    RELEASE_PATH: RELEASE_FILE_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE,
}
# What uploads leave free on the disk, for the database among others.
DISK_RESERVE_BYTES = 256 * 2**20

LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"), as_json=env.bool("LOG_JSON", default=False))
