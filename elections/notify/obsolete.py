"""What a mail raises that should not be sent any more."""


class Obsolete(Exception):
    """This mail makes no sense any more; the text says why, for staff."""
