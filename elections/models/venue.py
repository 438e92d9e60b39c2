"""Venue: the building or room where people vote. It lives on between events."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.fields import PublicIdModel, SortKey

NO_BAG_ID = "0" * 16  # national polling-place format 1.7: a place without an address, as on the islands


class Venue(PublicIdModel):
    """Address, place on the map and accessibility, in the fields of the national polling-place format 1.7."""

    name = models.CharField(_("naam"), max_length=200)
    purpose = models.CharField(_("gebruiksdoel van het gebouw"), max_length=200, blank=True)
    bag_id = models.CharField(
        _("BAG-nummeraanduiding"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(r"^\d{16}$", _("Een BAG-nummer heeft 16 cijfers."))],
    )
    street = models.CharField(_("straat"), max_length=100, blank=True)
    house_number = models.CharField(_("huisnummer"), max_length=20, blank=True)
    house_letter = models.CharField(_("huisletter"), max_length=5, blank=True)
    house_number_addition = models.CharField(_("huisnummertoevoeging"), max_length=10, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True)
    city = models.CharField(_("plaats"), max_length=80, blank=True)
    address_note = models.CharField(_("extra adresaanduiding"), max_length=300, blank=True)
    # Rijksdriehoek coordinates in metres and WGS 84 in degrees, both as delivered.
    rd_x = models.DecimalField(_("X"), max_digits=16, decimal_places=10, null=True, blank=True)
    rd_y = models.DecimalField(_("Y"), max_digits=16, decimal_places=10, null=True, blank=True)
    latitude = models.DecimalField(_("breedtegraad"), max_digits=19, decimal_places=16, null=True, blank=True)
    longitude = models.DecimalField(_("lengtegraad"), max_digits=19, decimal_places=16, null=True, blank=True)
    website = models.URLField(_("website van de locatie"), max_length=500, blank=True)
    # The format's accessibility columns (13-25), as `column key: value`, checked against the format on the way in.
    accessibility = models.JSONField(_("toegankelijkheid"), default=dict, blank=True)
    accessibility_note = models.TextField(_("extra toegankelijkheidsinformatie"), max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(SortKey("name"), name="venue_by_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def address_line(self) -> str:
        addition = f"-{self.house_number_addition}" if self.house_number_addition else ""
        return f"{self.street} {self.house_number}{self.house_letter}{addition}".strip()

    @property
    def city_line(self) -> str:
        return f"{self.postcode}  {self.city}".strip()
