"""What becomes of every row that points to a member, or to their log-in, when two rows of one person are joined.

`MEMBER_RULES` and `USER_RULES` name every foreign key to Member and to User. A new relation that is in neither fails
tests/elections/test_member_relations.py, which asks Django for all of them: nothing may go along unseen when the row
that is left over is deleted, and `check_nothing_left` looks once more when that happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import BooleanField, ExpressionWrapper, F, ForeignKey, Model, OneToOneField, Q, QuerySet
from django.db.models.expressions import OrderBy

from elections.actions.conversation import remove_conversations
from elections.enums import (
    BrpFindingState,
    DataChangeState,
    LetterState,
    MessageKind,
    PrivacyRequestState,
)
from elections.models import (
    Attachment,
    Conversation,
    Member,
    SurveyParticipation,
    SurveyResponse,
    User,
)
from elections.queries.member_merge import ANSWERS, OWN, answered_events, choice_key
from tenants.context import on_commit_here

Order = tuple[str | OrderBy, ...]


@dataclass(frozen=True)
class Merge:
    """One row that stays and one that goes, and whose answers win where only one set can stay.

    chosen: by the key of a datum, "keep" or "gone"; "keep" for what is not in it.
    """

    keep: Model
    gone: Model
    chosen: Mapping[str, str] = field(default_factory=dict)

    def wins(self, key: str) -> bool:
        """Whether the row that goes has the answer that stays."""
        return self.chosen.get(key) == "gone"


@dataclass(frozen=True)
class Move:
    """All rows go along; nothing can stand in the way."""

    def run(self, rows: QuerySet[Any], name: str, merge: Merge) -> None:
        rows.filter(**{name: merge.gone}).update(**{name: merge.keep})


@dataclass(frozen=True)
class OnePer(Move):
    """Of rows that are about the same, one stays: the first in `order`, otherwise that of the row that stays.

    fields: what makes them the same; none when a member has one at all.
    only: the rows for which that counts; the others just go along.
    """

    fields: tuple[str, ...] = ()
    order: Order = ()
    only: Q = field(default_factory=Q)

    def run(self, rows: QuerySet[Any], name: str, merge: Merge) -> None:
        mine = {self._key(row): row for row in self._among(rows, name, merge.keep)}
        for row in self._among(rows, name, merge.gone):
            rival = mine.get(self._key(row))
            if rival is not None:
                self.drop(self._loser(rows, rival, row))
        super().run(rows, name, merge)

    def drop(self, row: Any) -> None:
        """Remove the row that loses."""
        name = getattr(row, "file", "")
        if name:
            on_commit_here(partial(default_storage.delete, name))
        row.delete()

    def _among(self, rows: QuerySet[Any], name: str, owner: Model) -> QuerySet[Any]:
        return rows.filter(self.only, **{name: owner})

    def _key(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, row._meta.get_field(each).attname) for each in self.fields)

    def _loser(self, rows: QuerySet[Any], mine: Any, other: Any) -> Any:
        if not self.order:
            return other
        first = rows.filter(pk__in=(mine.pk, other.pk)).order_by(*self.order).values_list("pk", flat=True)[0]
        return other if first == mine.pk else mine


@dataclass(frozen=True)
class Chosen(Move):
    """Answers that belong together: where both rows gave some, the colleague chooses whose stay.

    group: the way to what they are about; key: how a choice about it is called (`choice_key`).
    """

    group: str = ""
    key: str = ""

    def run(self, rows: QuerySet[Any], name: str, merge: Merge) -> None:
        both = set(self.groups(rows, name, merge.keep)) & set(self.groups(rows, name, merge.gone))
        for group in both:
            loser = merge.keep if merge.wins(choice_key(self.key, group)) else merge.gone
            rows.filter(**{name: loser, f"{self.group}__uuid": group}).delete()
        super().run(rows, name, merge)

    def groups(self, rows: QuerySet[Any], name: str, owner: Model) -> QuerySet[Any]:
        """The public ids of what this owner answered about."""
        return rows.filter(**{name: owner}).values_list(f"{self.group}__uuid", flat=True)


@dataclass(frozen=True)
class Drop:
    """The rows go away with the row that goes: keys and half-done steps of a log-in that nobody uses any more."""

    def run(self, rows: QuerySet[Any], name: str, merge: Merge) -> None:
        rows.filter(**{name: merge.gone}).delete()


@dataclass(frozen=True)
class Elsewhere:
    """The caller sees to it, since it needs more than two rows of the database: numbers, and the log-in itself."""

    def run(self, rows: QuerySet[Any], name: str, merge: Merge) -> None:
        """Nothing to do here."""


Rule = Move | Drop | Elsewhere


def _last(name: str) -> OrderBy:
    return F(name).desc(nulls_last=True)


def _first(name: str, value: str) -> OrderBy:
    """Rows with this value before the others."""
    return ExpressionWrapper(Q(**{name: value}), output_field=BooleanField()).desc()


# By "model.field". The model is written in small letters, as Django does.
MEMBER_RULES: Final[dict[str, Rule]] = {
    "member_labels.member": OnePer(("label",)),
    "application.member": Move(),
    "appointmentletter.member": OnePer(
        ("event",), (_first("state", LetterState.PUBLISHED), _last("made_at"))
    ),
    "assignment.member": Move(),
    "audience_members.member": OnePer(("audience",)),
    "availability.member": Move(),
    "availabilityresponse.member": Move(),
    "brpcheck.member": OnePer((), (_last("checked_at"),)),
    "brpfinding.member": OnePer(("kind",), (_last("found_at"),), Q(state=BrpFindingState.OPEN)),
    "calendarfeed.member": OnePer((), (_last("read_at"), _last("created_at"))),
    "candidateclash.member": OnePer(("candidate",), (_last("decided_at"),)),
    "companionwish.companion": Move(),
    "companionwish.member": Move(),
    "conversation.member": Move(),
    "declarationconsent.member": OnePer(("text",), (_last("answered_at"),)),
    "documentreading.member": OnePer(("document",)),
    "importedmember.member": OnePer(("import_file",)),
    "membersecret.member": Elsewhere(),
    "mergedmember.member": Move(),
    "newsreading.member": OnePer(("item",)),
    "ownfieldvalue.member": Chosen("field", OWN),
    "personaldatachange.member": OnePer(("subject",), (_last("asked_at"),), Q(state=DataChangeState.WAITING)),
    "placementchange.member": Move(),
    "preference.member": Move(),
    "privacyrequest.member": OnePer(("kind",), ("created_at",), Q(state=PrivacyRequestState.OPEN)),
    "proposedplacement.member": OnePer(("proposal", "shift")),
    "stepreading.member": OnePer(("step",), (_last("edition"),)),
    "surveyparticipation.member": OnePer(("survey",)),
    "surveyresponse.member": OnePer(("survey",), (_last("is_sent"), _last("submitted_at"))),
    "trainingresult.member": OnePer(("training", "done_on"), (_last("passed"),)),
    "trainingstart.member": OnePer(("training",), (_last("started_at"),)),
    "waitlistentry.member": OnePer(("shift",), ("joined_at",)),
}
USER_RULES: Final[dict[str, Rule]] = {
    "assignment.assigned_by": Move(),
    "authenticator.user": Drop(),
    "candidateclash.decided_by": Move(),
    "conversation.assignee": Move(),
    "emailconfirmation.user": Drop(),
    "groupmessage.author": Move(),
    "invitation.user": Drop(),
    "loginchallenge.user": Drop(),
    "member.user": Elsewhere(),
    "message.author": Move(),
    "outboxmail.user": Move(),
    "planchange.user": Move(),
    "proposal.created_by": Move(),
    "recoverycode.user": Drop(),
    "savedfilter.owner": Drop(),  # a colleague has these, and no account of a colleague is closed
    "signin.user": Move(),
    "workaccount.user": Drop(),
    "workaccountattempt.user": Drop(),
}


def relations_to(target: type[Model]) -> dict[str, tuple[type[Model], str]]:
    """Every foreign key to `target` in this application, those of hidden tables too: "model.field" to both."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        for each in model._meta.get_fields():
            if isinstance(each, ForeignKey | OneToOneField) and each.related_model is target:
                found[f"{model._meta.model_name}.{each.name}"] = (model, each.name)
    return found


def move_member_rows(keep: Member, gone: Member, chosen: Mapping[str, str]) -> None:
    """Make every row that points to member `gone` point to `keep`. Part of a larger action, on locked members.

    chosen: by `choice_key`, "keep" or "gone"; "keep" for what is not in it.

    Raises:
        LookupError: for a relation without a rule; nothing may be lost because nobody thought of it.
    """
    merge = Merge(keep, gone, chosen)
    for member, other in ((keep, gone), (gone, keep)):
        # Somebody who wished to work with the other row wished for themselves.
        member.companion_wishes.filter(companion=other).delete()
    _settle_answers(merge)
    _settle_group_messages(merge)
    _settle_drafts(merge)
    _apply(MEMBER_RULES, merge)


def move_account_rows(keep: User, gone: User) -> None:
    """Make every row that points to log-in `gone` point to `keep`, but for its keys. Part of a larger action.

    Raises:
        LookupError: as `move_member_rows`.
    """
    _apply(USER_RULES, Merge(keep, gone))


def _apply(rules: Mapping[str, Rule], merge: Merge) -> None:
    relations = relations_to(type(merge.keep))
    if missing := relations.keys() - rules.keys():
        raise LookupError(f"no rule for {', '.join(sorted(missing))}")
    for name, (model, column) in relations.items():
        rules[name].run(model._base_manager.all(), column, merge)


def _settle_answers(merge: Merge) -> None:
    """All that a member said about one event stays or goes together: an answer of one row with the wishes of the other
    would be what nobody said."""
    keep: Any = merge.keep
    gone: Any = merge.gone
    for event in answered_events(keep).keys() & answered_events(gone).keys():
        loser = keep if merge.wins(choice_key(ANSWERS, event)) else gone
        loser.availability_responses.filter(event__uuid=event).delete()
        loser.availabilities.filter(day_part__polling_day__event__uuid=event).delete()
        loser.preferences.filter(event__uuid=event).delete()
        loser.companion_wishes.filter(event__uuid=event).delete()


def _settle_group_messages(merge: Merge) -> None:
    """One message to a group came to both: without an answer it was said twice, with one it becomes an own talk."""
    keep: Any = merge.keep
    gone: Any = merge.gone
    groups = keep.conversations.exclude(group=None).values("group")
    for talk in gone.conversations.filter(group__in=groups):
        said = talk.messages.exclude(kind=MessageKind.FROM_TEAM).exists()
        if said or Attachment.objects.filter(message__conversation=talk).exists():
            Conversation.objects.filter(pk=talk.pk).update(group=None)
        else:
            remove_conversations([talk])


def _settle_drafts(merge: Merge) -> None:
    """Who took part in an anonymous survey under one row has no draft of it under the other."""
    people: Any = (merge.keep, merge.gone)
    taken = list(SurveyParticipation.objects.filter(member__in=people).values_list("survey", flat=True))
    SurveyResponse.objects.filter(member__in=people, is_anonymous=True, survey__in=taken).delete()


def check_nothing_left(gone: Model) -> None:
    """Raises RuntimeError when a row still points to `gone`, which is about to be deleted."""
    for name, (model, column) in relations_to(type(gone)).items():
        if model._base_manager.filter(**{column: gone}).exists():
            raise RuntimeError(f"{name} still points to what is about to go")
