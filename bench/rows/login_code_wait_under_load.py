"""How long somebody waits for a log-in code while the municipality mails five thousand people."""

from django_tenants.utils import tenant_context

from bench import mail_peers, world
from bench.row import Row
from elections.enums import MailState
from elections.models import OutboxMail


def measure() -> Row:
    """Seconds from asking a code to the mail server having it, with 5,000 notifications going out, against idle."""
    with (
        mail_peers.mail_server(),
        world.workers(),
        world.workers(queues="urgent", concurrency=2),
        tenant_context(mail_peers.municipality()),
    ):
        mail_peers.warm_up()
        mail_peers.code_wait()
        idle = mail_peers.code_wait()
        mail_peers.queue_notifications()
        loaded = mail_peers.code_wait()
        if not OutboxMail.objects.filter(state=MailState.WAITING).exists():
            raise RuntimeError("The notifications were gone before the codes were: nothing was measured.")
    return Row(
        "login_code_wait_under_load",
        loaded,
        "s until the server has the code",
        "idle",
        idle,
        lower_is_better=True,
    )
