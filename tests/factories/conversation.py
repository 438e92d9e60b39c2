from typing import Any

from elections import models
from tests.factories.numbers import numbers
from tests.factories.stored_file import stored_file


def make_conversation(member: Any, body: str = "Een vraag", **values: Any) -> Any:
    """A question of a member that waits for the team; of another state, an answer is there too."""
    defaults = {"member": member, "subject": f"Onderwerp {next(numbers)}"}
    conversation = models.Conversation.objects.create(**defaults | values)
    make_message(conversation, body=body)
    if conversation.state != "open":
        make_message(conversation, kind="from_team", body="Een antwoord")
    return conversation


def make_message(conversation: Any, **values: Any) -> Any:
    """Something the member wrote and nobody read."""
    defaults = {"conversation": conversation, "kind": "from_member", "body": "Een bericht"}
    return models.Message.objects.create(**defaults | values)


def make_group_message(**values: Any) -> Any:
    """A message to all members that nobody sent yet."""
    if "audience" not in values:
        values["audience"] = models.Audience.objects.create()
    defaults = {"subject": f"Aan iedereen {next(numbers)}", "body": "Een bericht aan velen"}
    return models.GroupMessage.objects.create(**defaults | values)


def make_canned_answer(**values: Any) -> Any:
    defaults = {"title": f"Antwoord {next(numbers)}", "body": "Een tekst die vaak past"}
    return models.CannedAnswer.objects.create(**defaults | values)


def make_attachment(content: bytes = b"tekst", **values: Any) -> Any:
    """A text file with a message or with a message to a group."""
    return models.Attachment.objects.create(**stored_file("messages", content) | values)
