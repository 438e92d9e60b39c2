"""The corpus of odd files: what must be read, is read alike; what cannot, is refused in one plain Dutch sentence."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from elections.actions.import_file import FOLDER
from elections.actions.member_import import table_of, upload_member_list
from elections.errors import ActionError
from elections.imports.reader import REFUSALS, as_text
from elections.models import ImportFile
from tests.elections.odd_files import HEADING, READ, READABLE, REFUSED
from tests.factories import make_staff


def uploaded(file):
    return upload_member_list(SimpleUploadedFile(file.name, file.make()), by=make_staff())


@pytest.mark.parametrize("file", READABLE, ids=str)
def test_odd_file_is_read_as_any_other(file):
    table = table_of(uploaded(file))
    assert table.headers[:3] == HEADING
    assert [tuple(as_text(value) for value in row.values[:3]) for row in table.rows] == READ


@pytest.mark.parametrize("file", REFUSED, ids=str)
def test_bad_file_is_refused_in_one_sentence_and_not_kept(file):
    # The folder may hold files of other tests of this process.
    before = set(default_storage.listdir(FOLDER)[1]) if default_storage.exists(FOLDER) else set()
    with pytest.raises(ActionError) as refusal:
        uploaded(file)
    assert refusal.value.message == file.message
    assert not ImportFile.objects.exists()
    if default_storage.exists(FOLDER):
        assert set(default_storage.listdir(FOLDER)[1]) <= before


def test_corpus_holds_every_refusal_of_the_reader():
    """A new reason to refuse a file gets a file that is refused for it. A bomb and a lost file have their own tests."""
    met = {file.message for file in REFUSED}
    assert {code for code, words in REFUSALS.items() if str(words) not in met} == {"bomb", "gone"}
