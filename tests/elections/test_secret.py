"""A number in the clear does not show itself, whatever is done with it."""

import copy
import dataclasses
import io
import json
import logging
import pickle
import traceback

import pytest
from celery import current_app
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context, Template
from django.views.debug import ExceptionReporter
from kombu import serialization
from kombu.exceptions import EncodeError
from kombu.utils.json import dumps as kombu_dumps

from elections.secrets import MASK, Secret

NUMBER = "999900110"


@pytest.fixture
def secret():
    return Secret(NUMBER)


@dataclasses.dataclass
class Payment:
    account: Secret


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        ascii,
        "%s".__mod__,
        "%r".__mod__,
        "{}".format,
        "{!r:>20}".format,
        lambda each: f"{each}{each!s}{each!r}{each:>12}",
        lambda each: str([each]) + str({"number": each}) + repr((each,)),
        lambda each: repr(Payment(each)),
        lambda each: Template("{{ s }}{{ s.uncover }}{{ s|safe }}{{ s|length }}").render(
            Context({"s": each})
        ),
        lambda each: json.dumps({"number": each}, default=str),
        lambda each: str(ValueError(each)),
        dir,
    ],
)
def test_secret_is_shown_as_dots(secret, show):
    assert NUMBER not in str(show(secret))


@pytest.mark.parametrize(
    "take",
    [
        copy.copy,
        copy.deepcopy,
        dataclasses.asdict,
        pickle.dumps,
        lambda each: pickle.dumps(each, protocol=0),
        json.dumps,
        lambda each: json.dumps(each, cls=DjangoJSONEncoder),
        kombu_dumps,
        bytes,
        hash,
        vars,
        len,
        list,
        int,
        lambda each: {each},
        lambda each: {each: 1},
        lambda each: each < each,
        lambda each: each + "",
        lambda each: each.__getstate__(),
        lambda each: each.__reduce__(),
        lambda each: setattr(each, "other", 1),
    ],
)
def test_secret_is_not_copied_stored_or_taken_apart(secret, take):
    with pytest.raises((TypeError, ValueError, AttributeError)) as problem:
        take(Payment(secret) if take is dataclasses.asdict else secret)
    assert NUMBER not in str(problem.value)


def test_secret_equals_only_a_secret_with_the_same_number(secret):
    assert secret == Secret(NUMBER)
    assert secret != Secret("999900111")
    assert secret != NUMBER
    assert NUMBER not in (secret,)


def test_log_line_with_a_secret_shows_dots(secret):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(number)s"))
    logger = logging.Logger("of this test")
    logger.addHandler(handler)
    logger.error("number %s, %r", secret, secret, extra={"number": secret})
    assert stream.getvalue() == f"number {MASK}, {MASK} {MASK}\n"


def test_traceback_with_local_variables_shows_dots(secret, rf):
    def fail(number: Secret) -> None:
        raise ValueError("no")

    try:
        fail(secret)
    except ValueError as problem:
        stack = traceback.TracebackException.from_exception(problem, capture_locals=True)
        text = "".join(stack.format())
        report = ExceptionReporter(rf.get("/"), type(problem), problem, problem.__traceback__)
        text += report.get_traceback_html() + report.get_traceback_text()
    assert f"number = {MASK}" in text
    assert NUMBER not in text.replace(f'NUMBER = "{NUMBER}"', "").replace(f"NUMBER = '{NUMBER}'", "")


@pytest.mark.parametrize("serializer", ["json", "pickle"])
def test_task_with_a_secret_is_not_sent(secret, serializer):
    message = current_app.amqp.as_task_v2("1", "elections.sweep", kwargs={"number": secret})
    assert NUMBER not in str(message)
    with pytest.raises(EncodeError) as problem:
        serialization.dumps(message.body, serializer=serializer)
    assert NUMBER not in str(problem.value)
