"""Small field and expression helpers that several models share."""

import uuid

from django.db import models
from django.db.models import Func


class SortKey(Func):
    """`public.sort_key(text)`: lower case without accents, so that Özdemir sorts with the o's.

    An own immutable function, since the embedded PostgreSQL has no ICU collations and
    `unaccent()` itself may not be used in an index.
    """

    function = "public.sort_key"
    output_field = models.TextField()


class NameKey(SortKey):
    """`SortKey` from the first letter or digit on: "'t Trefpunt" and "'s-Hertogenbosch" stand with the t's and the
    s's, where people look for them. For lists that are short, since no index holds it."""

    template = r"""regexp_replace(%(function)s(%(expressions)s), '^[''’‘`´" (.-]+', '')"""


class PublicIdModel(models.Model):
    """A row that people may see in an address: by `uuid`, never by its primary key."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
