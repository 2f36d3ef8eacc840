"""The page after signing in elsewhere for the first time. Imported only where that is set up."""

from functools import partial

from allauth.socialaccount.views import SignupView
from django.http import HttpResponse

from showpiece.accounts.forms_social import SocialSignUpForm
from showpiece.accounts.views import signed_up

PENDING = "socialaccount_sociallogin"  # allauth's name


class SignUpFromElsewhere(SignupView):  # type: ignore[misc]  # no types
    """Asks for what is missing. All that it writes is kept, or nothing and it asks again."""

    def form_valid(self, form: SocialSignUpForm) -> HttpResponse:
        pending = self.request.session[PENDING]  # forgotten by allauth before it writes
        answer = signed_up(form, partial(super().form_valid, form))
        if answer is None:
            self.request.session[PENDING] = pending
            return self.form_invalid(form)  # type: ignore[no-any-return]
        return answer


sign_up = SignUpFromElsewhere.as_view()
