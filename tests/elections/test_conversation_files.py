"""Files that members send: looked into before anybody has to wait for it, and not without end."""

import sys
from pathlib import Path
from threading import Thread
from uuid import uuid4

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django_tenants.utils import tenant_context

from elections.actions import attachment
from elections.actions.attachment import FILES_PER_HOUR
from elections.actions.conversation import Draft, answer_member, answer_team, ask_team
from elections.errors import ActionError
from elections.models import Attachment, Message
from tests import factories

# A virus scanner that finds a virus when somebody else cannot have the rows that a message locks.
LOCK_SCANNER = """
import psycopg
with psycopg.connect({conninfo!r}) as other:
    other.execute("SET search_path TO {schema}")
    other.execute("SELECT 1 FROM elections_member FOR NO KEY UPDATE NOWAIT")
    other.execute("SELECT 1 FROM elections_conversation FOR UPDATE NOWAIT")
"""


@pytest.fixture
def member():
    return factories.make_member()


def upload(name="vraag.txt", content=b"Een lijst"):
    return SimpleUploadedFile(name, content)


def ask(member, **draft):
    return ask_team(member, "Ruilen", Draft("Mag ik ruilen?", **draft), by=member.user)


def stored():
    root = Path(default_storage.path(f"uploads/{attachment.FOLDER}"))
    return list(root.iterdir()) if root.is_dir() else []


def test_nobody_waits_for_a_member_while_files_are_looked_into(committed, settings, tmp_path, member):
    conversation = factories.make_conversation(member)
    colleague = factories.make_staff("planner")
    parameters = {
        {"NAME": "dbname"}.get(key, key.lower()): str(value)
        for key, value in connection.settings_dict.items()
        if key in ("NAME", "USER", "PASSWORD", "HOST", "PORT") and value
    }
    script = LOCK_SCANNER.format(
        conninfo=psycopg.conninfo.make_conninfo(**parameters), schema=connection.schema_name
    )
    program = tmp_path / "scan.py"
    program.write_text(script)
    settings.ANTIVIRUS_COMMAND = f"{sys.executable} {program}"
    ask(member, uploads=[upload()])
    answer_team(conversation, Draft("En dit", uploads=[upload()]), by=member.user)
    conversation.refresh_from_db()
    answer_member(conversation, Draft("Hier", uploads=[upload()]), version=conversation.version, by=colleague)
    assert Attachment.objects.count() == 3


def test_pressing_twice_at_once_keeps_the_files_once(committed, juinen, member):
    once = uuid4()

    def press():
        with tenant_context(juinen):
            ask(member, uploads=[upload()], once=once)
        connection.close()

    threads = [Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Message.objects.count() == Attachment.objects.count() == len(stored()) == 1


def test_member_tries_so_many_files_an_hour_refused_ones_too(member):
    for _number in range(FILES_PER_HOUR // 3):
        with pytest.raises(ActionError, match="past niet bij"):
            ask(member, uploads=[upload("kaart.png") for _file in range(3)])
    with pytest.raises(ActionError, match="veel bestanden"):
        ask(member, uploads=[upload()])
    assert stored() == []
    ask(member)
    ask(factories.make_member(), uploads=[upload()])


def test_files_of_a_message_are_together_no_larger_than_a_proxy_lets_through(member, settings):
    settings.UPLOAD_MAX_BYTES = 1024
    ask(member, uploads=[upload(content=b"a" * 500), upload(content=b"b" * 500)])
    with pytest.raises(ActionError, match="samen te groot"):
        ask(member, uploads=[upload(content=b"a" * 600), upload(content=b"b" * 600)])
    assert len(stored()) == 2
