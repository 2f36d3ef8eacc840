"""The form of a person's profile: their name and everything that they tell of themselves."""

from typing import Any, cast

import structlog
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.models import BIO_MAX_LENGTH, LOCATION_MAX_LENGTH, MAX_LINKS, User
from showpiece.accounts.rules import profile_of
from showpiece.accounts.services import ProfileChanges
from showpiece.accounts.signup import NameField
from showpiece.pictures import image_limits, picture_message
from showpiece_predictors import media
from showpiece_predictors.media import CleanImage, MediaError
from showpiece_predictors.media_client import ServiceUnavailable

log = structlog.get_logger(__name__)

LINK_MAX_LENGTH = 200


class PhotoField(forms.FileField):
    """A picture whose bytes decide what it is; cleaned to one that we encoded."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"})

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The browser checks the size before it sends anything."""
        return {**super().widget_attrs(widget), "data-max-bytes": str(image_limits().max_bytes)}

    def clean(self, data: Any, initial: Any = None) -> CleanImage | None:
        upload = cast("UploadedFile[Any] | None", super().clean(data, initial))
        if upload is None:
            return None
        try:
            if upload.size is not None and upload.size > image_limits().max_bytes:
                raise MediaError("too_large")
            return media.clean_image(upload.read(), limits=image_limits())
        except ServiceUnavailable as error:
            log.exception("photos cannot be opened")
            raise ValidationError(_("Files cannot be opened here at the moment. Please try later.")) from error
        except MediaError as error:
            raise ValidationError(picture_message(error), code=error.code) from error


class TextField(forms.CharField):
    """A longer text. Browsers count a new line as one character and send two."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class LineField(forms.CharField):
    """One line with single blanks."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class LinkField(forms.CharField):
    """An address on the web; `https://` is put in front of one without a scheme."""

    default_validators = [
        URLValidator(schemes=["http", "https"], message=_("Please enter a web address, such as example.org."))
    ]
    widget = forms.URLInput(attrs={"inputmode": "url", "autocomplete": "url"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if text and ":" not in text.partition("/")[0]:
            text = f"https://{text}"
        scheme, colon, rest = text.partition(":")
        return f"{scheme.lower()}{colon}{rest}"


class ProfileForm(forms.Form):
    """User and profile in one. Links are `link_1` and so on."""

    name = NameField()
    photo = PhotoField(label=_("Photo"), required=False)
    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False)
    bio = TextField(
        label=_("About you"),
        help_text=_("Up to 500 characters. You can use Markdown: **bold**, *slanted*, lists and links."),
        max_length=BIO_MAX_LENGTH,
        required=False,
    )
    location = LineField(
        label=_("Place"), help_text=_("A town, a country, or wherever you are."), max_length=LOCATION_MAX_LENGTH,
        required=False,
    )  # fmt: skip
    show_email = forms.BooleanField(
        label=_("Show my e-mail"), help_text=_("Everybody can then see it, once it is confirmed."), required=False
    )
    show_online = forms.BooleanField(
        label=_("Show when I am online"), help_text=_("And if not, when I was last seen."), required=False
    )

    def __init__(self, data: Any, files: Any, *, user: User) -> None:
        self.profile = profile_of(user)
        super().__init__(data, files, initial=self._initial(user))
        for number in range(1, MAX_LINKS + 1):
            self.fields[f"link_{number}"] = LinkField(
                label=_("Link %(number)s") % {"number": number}, max_length=LINK_MAX_LENGTH, required=False
            )
        self.fields["photo"].help_text = _("JPEG, PNG, WebP or AVIF. We cut a square from it, around the face.")
        if not (self.profile and self.profile.photo):
            del self.fields["remove_photo"]

    def _initial(self, user: User) -> dict[str, Any]:
        initial: dict[str, Any] = {"name": user.name}
        if self.profile:
            for name in ("bio", "location", "show_email", "show_online"):
                initial[name] = getattr(self.profile, name)
            initial |= {f"link_{number}": link.url for number, link in enumerate(self.profile.links.all(), 1)}
        return initial

    @property
    def links(self) -> list[forms.BoundField]:
        return [self[f"link_{number}"] for number in range(1, MAX_LINKS + 1)]

    @property
    def photo_to_choose_again(self) -> bool:
        """A good photo came with a form that is shown again: browsers do not keep it."""
        return bool(self.errors and self.cleaned_data.get("photo"))

    def changes(self) -> ProfileChanges:
        """What a valid form asks for. Links that are given twice count once."""
        given = self.cleaned_data
        links = [given[f"link_{number}"] for number in range(1, MAX_LINKS + 1)]
        return ProfileChanges(
            name=given["name"],
            bio=given["bio"],
            location=given["location"],
            links=list(dict.fromkeys(filter(None, links))),
            show_email=given["show_email"],
            show_online=given["show_online"],
            photo=given["photo"],
            remove_photo=given.get("remove_photo", False),
        )
