"""The product's own way of making letters against the obvious one."""

import time

from bench import world
from bench.row import Row

WARM_UP = 40
LETTERS = 240
PLAIN_LETTERS = 15


def measure() -> Row:
    """Letters per second: a job on all cores, with PDF/UA, rows, numbers and files, against a plain loop.

    The plain loop prints the same HTML with the same style sheets and fonts, also as PDF/UA, with one
    WeasyPrint call per letter.
    """
    from django_tenants.utils import tenant_context  # slow import: needs the bench's database

    from tenants.models import Municipality  # slow import: as above

    with tenant_context(Municipality.objects.get(code=world.CODE)):
        return Row(
            "letters_vs_plain_loop", _product(), "letters/s", "one WeasyPrint call per letter", _plain()
        )


def _product() -> float:
    """Start the job as the button does, let the workers warm up, then time them."""
    from elections.actions.job import cancel_job  # slow import: as above
    from elections.actions.letter import make_letters  # slow import: as above
    from elections.models import ElectionEvent, User  # slow import: as above

    administrator = User.objects.filter(role="administrator").get()
    with world.workers():
        job = make_letters(ElectionEvent.objects.get(), by=administrator)
        first, started = _wait_for(job, WARM_UP)
        last, ended = _wait_for(job, first + LETTERS)
        cancel_job(job, by=administrator)
    return (last - first) / (ended - started)


def _wait_for(job, done: int) -> tuple[int, float]:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 180
    while job.done < done:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the workers made {job.done} letters of {done}")
        time.sleep(0.05)
        job.refresh_from_db()
    return job.done, time.perf_counter()


def _plain() -> float:
    from django.utils import timezone  # slow import: as above
    from weasyprint import HTML  # slow import: as above

    from elections.documents.pdf import (  # slow import: as above
        VARIANT,
        ClosedFetcher,
        document_html,
        style_sheets,
    )
    from elections.models import AppointmentLetter, ElectionEvent  # slow import: as above
    from elections.queries.letter import letter_facts  # slow import: as above
    from tenants.context import current_municipality  # slow import: as above
    from tenants.house_style import css  # slow import: as above

    letters = AppointmentLetter.objects.order_by("number")[:PLAIN_LETTERS]
    facts = letter_facts(ElectionEvent.objects.get(), [letter.member_id for letter in letters])
    sheets = [*style_sheets(), css(current_municipality().accent)]
    style = "".join(f"<style>{sheet}</style>" for sheet in sheets)
    pages = []
    for letter in letters:
        context = {
            "letter": facts[letter.member_id],
            "number": letter.reference,
            "dated": timezone.localdate(),
        }
        page = document_html("pdf/appointment_letter.html", context, title=letter.reference)
        pages.append(page.replace("</head>", f"{style}</head>"))
    started = time.perf_counter()
    for page in pages:
        HTML(string=page, url_fetcher=ClosedFetcher()).write_pdf(pdf_variant=VARIANT)
    return len(pages) / (time.perf_counter() - started)
