"""The last release: what runs at municipalities, and what an upgrade to this code begins from.

A clone may lack tags, so the commit is here. docs/operations.md, “Making a release”, says when these lines change.
"""

from typing import Final

TAG: Final = "v0.1.0"
COMMIT: Final = "bc92e006c124140aaa5acdfbcbeafa990905fe0e"
MIGRATIONS: Final = {"elections": "0027_saved_filter", "tenants": "0003_house_style"}
"""The newest migration of each app then."""
DIGEST: Final = "fe9f8125a56304246774f00381fc621744583459d5f224a5530f73f5aba0d0a9"
"""Of those migrations and all before them, as in tests/tenants/test_migration_rules.py."""
JOB: Final = ("job_id",)
TASKS: Final[dict[str, tuple[str, ...]]] = {
    "elections.answer_account_questions": (),
    "elections.check_audit": (),
    "elections.check_brp": JOB,
    "elections.clean_up_data": (),
    "elections.deactivate_members": JOB,
    "elections.deliver_due_mails": (),
    "elections.deliver_mail": ("mail_id",),
    "elections.dispatch_audit_check": (),
    "elections.dispatch_clean_up": (),
    "elections.dispatch_sweep": (),
    "elections.import_members": JOB,
    "elections.keep_figures": (),
    "elections.make_letters_chunk": JOB,
    "elections.make_papers": JOB,
    "elections.make_proposal": JOB,
    "elections.send_group_message": JOB,
    "elections.send_invitations": JOB,
    "elections.sweep": (),
    "elections.undo_import": JOB,
}
"""The arguments of each task: its web servers send them to new workers, and new web servers to its workers."""
