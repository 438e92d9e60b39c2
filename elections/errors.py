"""The one exception that an action raises when a rule of the domain forbids it."""


class ActionError(Exception):
    """A rule was broken. `message` is a translated sentence for the person who tried."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
