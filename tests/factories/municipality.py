"""The municipalities that every test database has, as their command wants them."""

JUINEN = {
    "code": "GM0001",
    "name": "Juinen",
    "domain": "juinen.localhost",
    "email": "verkiezingen@juinen.example",
    "phone": "0123 456 789",
}
ZONNEILAND = {
    "code": "GM9009",
    "name": "Zonneiland",
    "domain": "zonneiland.localhost",
    "kind": "public_body",
    "time_zone": "America/Kralendijk",
    "accent": "#f5c400",
}
