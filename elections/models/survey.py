"""Surveys: questions that the team asks members, and what members answered, by name or anonymously.

Nothing about an anonymous answer may tell whose it is. That is why its rows have random keys instead of numbers that
count up, no moments, and no member once it is sent; who took part stands apart, in SurveyParticipation.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import QuestionKind
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Member
from elections.models.publication import PublicationModel, publication_constraints

SCALE_STEPS = (1, 2, 3, 4, 5)
# Longer than this nobody answers; the forms and the database keep the same bounds.
SHORT_LENGTH = 200
LONG_LENGTH = 4000
LARGEST_NUMBER = 1_000_000_000


class Survey(PublicationModel):
    """`event`: what it is about. `previous`: the survey that this is a copy of, to compare with."""

    intro = models.TextField(gettext_lazy("uitleg"), max_length=2000, blank=True)
    event = models.ForeignKey(
        ElectionEvent, on_delete=models.SET_NULL, null=True, blank=True, related_name="surveys"
    )
    is_anonymous = models.BooleanField(gettext_lazy("anoniem"), default=True)
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )

    class Meta:
        ordering = ("-publishes_at", "-pk")
        constraints = publication_constraints("survey")


class Question(PublicIdModel):
    """One question. `shown_if_choice`: the answer to the earlier question `shown_if` that makes this one appear."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(gettext_lazy("soort"), max_length=20, choices=QuestionKind)
    text = models.CharField(gettext_lazy("vraag"), max_length=300)
    help = models.CharField(gettext_lazy("uitleg"), max_length=300, blank=True)
    is_required = models.BooleanField(gettext_lazy("verplicht"), default=True)
    low_label = models.CharField(max_length=60, blank=True)
    high_label = models.CharField(max_length=60, blank=True)
    least = models.BigIntegerField(null=True, blank=True)
    most = models.BigIntegerField(null=True, blank=True)
    shown_if = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="dependants"
    )
    shown_if_choice = models.ForeignKey(
        "elections.Choice", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )

    class Meta:
        ordering = ("survey", "rank")
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "rank"), name="question_rank_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(shown_if=None, shown_if_choice=None)
                | Q(shown_if__isnull=False, shown_if_choice__isnull=False),
                name="question_condition_whole",
            ),
            models.CheckConstraint(
                condition=Q(shown_if=None) | ~Q(shown_if=F("id")), name="question_not_shown_by_itself"
            ),
            models.CheckConstraint(
                condition=Q(least=None) | Q(most=None) | Q(most__gte=F("least")), name="question_bounds"
            ),
        )

    def __str__(self) -> str:
        return self.text


class Choice(PublicIdModel):
    """Something to choose. Those of a yes/no question are made with it: rank 1 is yes, rank 2 is no."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    rank = models.PositiveSmallIntegerField()
    text = models.CharField(gettext_lazy("antwoord"), max_length=200)
    # In a copied survey: the choice whose count stands beside this one, whatever its words are by now.
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )

    class Meta:
        ordering = ("question", "rank")
        constraints = (
            models.UniqueConstraint(fields=("question", "rank"), name="choice_rank_unique"),
            models.UniqueConstraint(
                fields=("question", "text"), name="choice_text_unique", deferrable=models.Deferrable.DEFERRED
            ),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def words(self) -> str:
        """The choice as it is read; "yes" and "no" in the language of the reader."""
        if self.question.kind == QuestionKind.YES_NO:
            return _("Ja") if self.rank == 1 else _("Nee")
        return self.text


class SurveyResponse(models.Model):
    """What one member filled in. Until it is sent it is a draft, which always hangs on its member.

    An anonymous one that was sent is a new row with a random key, no member and no moment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="responses")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="survey_responses"
    )
    is_anonymous = models.BooleanField()
    is_sent = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("survey", "member"), name="survey_response_once"),
            models.CheckConstraint(
                condition=Q(is_anonymous=False) | Q(started_at=None, submitted_at=None),
                name="survey_response_anonymous_has_no_moment",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=True, is_sent=True, member=None)
                | Q(member__isnull=False, is_sent=False)
                | Q(member__isnull=False, is_anonymous=False),
                name="survey_response_member",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=True)
                | Q(started_at__isnull=False, is_sent=True, submitted_at__isnull=False)
                | Q(started_at__isnull=False, is_sent=False, submitted_at=None),
                name="survey_response_named_has_moments",
            ),
        )

    def __str__(self) -> str:
        return str(self.survey)


class Answer(models.Model):
    """The answer to one question. Which column is filled follows from the kind of the question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey(SurveyResponse, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField(max_length=LONG_LENGTH, blank=True)
    number = models.BigIntegerField(null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    choices = models.ManyToManyField(Choice, through="AnswerChoice", related_name="answers")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("response", "question"), name="answer_once"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), LONG_LENGTH), name="answer_text_length"
            ),
        )

    def __str__(self) -> str:
        return str(self.question)


class AnswerChoice(models.Model):
    """One of the choices of an answer; a model of its own for its random key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="picked")
    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="picks")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("answer", "choice"), name="answer_choice_once"),)

    def __str__(self) -> str:
        return str(self.choice)


class SurveyParticipation(models.Model):
    """Who has sent an anonymous survey, so that nobody does so twice: without a moment and without a link to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="participations")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="survey_participations")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("survey", "member"), name="survey_participation_once"),
        )

    def __str__(self) -> str:
        return f"{self.survey} · {self.member}"


class SurveyReminder(models.Model):
    """When whoever had not answered was reminded, and how many got a mail; its uuid is what those mails point to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="reminders")
    sent_at = models.DateTimeField(default=timezone.now)
    recipients = models.PositiveIntegerField()

    class Meta:
        ordering = ("-sent_at",)

    def __str__(self) -> str:
        return f"{self.survey} · {self.sent_at:%d-%m-%Y}"
