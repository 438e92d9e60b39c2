"""Notifications through the outbox against a loop that only sends."""

from bench import mail_peers
from bench.row import Row


def measure() -> Row:
    """Mails per second: 5,000 queued, claimed, written, handed over and marked, against as many ready messages of the
    same size over one connection of smtplib.
    """
    with mail_peers.mail_server() as port:
        handed_over = mail_peers.handed_over_per_second()
        bare = mail_peers.bare_loop_per_second(port)
    return Row("mail_handoff", handed_over, "mails/s", "a bare smtplib loop over one connection", bare)
