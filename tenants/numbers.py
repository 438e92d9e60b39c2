"""Numbers of things, as people read them in a sentence."""

from django.utils.formats import number_format


class Grouped(int):
    """A number that shows its thousands, and still is the number by which a sentence chooses its plural."""

    def __str__(self) -> str:
        return number_format(int(self), force_grouping=True)


def grouped(number: int) -> Grouped:
    """5.000 in Dutch, 5,000 in English. Not for a number that names something: of a member, a station or a year."""
    return Grouped(number)


def counted(number: int, one: str, many: str = "") -> str:
    """Such as “1 mail” and “2 mails”, in what commands say, which is English only.

    Parameters:
        one: what stands behind the number 1.
        many: what stands behind any other; default `one` with an s.
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"
