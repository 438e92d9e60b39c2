"""Whether people can sign up, and what the public page says."""

from elections.models import SignUp


def current_sign_up() -> SignUp:
    """The setting of this municipality; closed and without texts where nobody chose anything."""
    return SignUp.objects.first() or SignUp(pk=1)
