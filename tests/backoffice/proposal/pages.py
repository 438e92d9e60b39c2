"""A proposal that was made, and what its pages say."""

from django.urls import reverse

from elections.actions.proposal import request_proposal, run_proposal


def url_of(name, proposal=None, **query):
    return reverse(
        f"backoffice:proposal-{name}",
        kwargs={"uuid": proposal.uuid} if proposal else None,
        query=query or None,
    )


def make_proposal(city, *, keeps_present=True):
    proposal = request_proposal(city.event, weights={}, keeps_present=keeps_present, seconds=5, by=None)
    run_proposal(proposal.job)
    proposal.refresh_from_db()
    return proposal


def text_of(client, *args, **kwargs):
    return client.get(url_of(*args, **kwargs), follow=True).content.decode()
