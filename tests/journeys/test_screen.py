"""The detector of the journeys itself: a page that breaks the content policy, or a script, stops the journey."""

import pytest
from playwright.sync_api import Page, Route

from tests.isolation.header_table import PAGE_POLICY
from tests.journeys.conftest import Screen, Stage

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
POLICY = "; ".join(" ".join([name, *sources]) for name, sources in PAGE_POLICY.items())
FINE = '<!doctype html><html lang="nl"><head><title>Een</title></head><body><main><h1>Een</h1>{}</main></body></html>'
BREACHES = {
    "inline script": "<script>document.title = 'Twee'</script>",
    "inline style": "<p style='margin: 0'>Tekst</p>",
    "style sheet in the page": "<style>p { margin: 0 }</style>",
    "handler": "<img src='/een.png' alt='' onerror='document.title = 1'>",
    "picture from elsewhere": "<img src='http://evil.localhost/een.png' alt=''>",
    "script from elsewhere": "<script src='http://evil.localhost/een.js'></script>",
    "frame": "<iframe title='Twee' src='http://evil.localhost/'></iframe>",
    "mistake in our script": "<script src='/kapot.js'></script>",
    "script that complains": "<script src='/klacht.js'></script>",
}
SCRIPTS = {
    "/kapot.js": "nergens.bestaat()",
    "/klacht.js": "console.error('klacht')",
    "/goed.js": "let goed = 1",
}


def screen_with(page: Page, inner: str) -> Screen:
    """A person at a browser in which every address gives this page, with the policy of our pages."""

    def answer(route: Route) -> None:
        path = "/" + route.request.url.partition("localhost/")[2]
        if path in SCRIPTS:
            route.fulfill(body=SCRIPTS[path], content_type="text/javascript")
        elif path.endswith((".png", ".ico")) or "/csp-report/" in path:
            route.fulfill(status=204)
        else:
            route.fulfill(
                body=FINE.format(inner), content_type="text/html", headers={"Content-Security-Policy": POLICY}
            )

    page.route("**/*", answer)
    made = Screen(page, Stage({"PUBLIC_PORT": ""}), "juinen.localhost")
    made.listen()
    return made


def test_page_that_keeps_to_the_policy_passes(page: Page) -> None:
    screen_with(page, "<script src='/goed.js'></script>").go("/")


@pytest.mark.parametrize("inner", BREACHES.values(), ids=BREACHES)
def test_breach_stops_the_journey(page: Page, inner: str) -> None:
    with pytest.raises(AssertionError, match=r"CSP|nergens|klacht|Content Security Policy"):
        screen_with(page, inner).go("/")
