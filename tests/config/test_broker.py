"""What config/broker.py adds; that a worker outlives its broker by it is shown in test_letters_survive_kill.py."""

import pytest
from celery import current_app
from django.conf import settings


def test_what_is_asked_of_a_connection_that_was_given_up_is_a_lost_connection():
    connection = current_app.connection(settings.REDIS_URL)
    channel, lost = connection.default_channel, connection.connection_errors
    connection.release()
    with pytest.raises(lost):
        channel.qos.ack("a task that ended meanwhile")
