"""The exception that an action raises when a rule of the domain forbids it, and its special cases."""


class ActionError(Exception):
    """A rule was broken. `message` is a translated sentence for the person who tried."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StepNotOpen(ActionError):
    """The part of the portal is not open, or closed while the member was filling it in."""


class ChangedElsewhere(ActionError):
    """What the page showed was changed in the meantime: in another tab, or by a colleague."""


class FileRefused(ActionError):
    """A file, or files together, cannot be taken. Pages show it at the field of the file."""
