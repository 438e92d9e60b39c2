"""Numbers in a sentence."""

from tenants.numbers import counted


def test_number_in_a_command_chooses_its_words():
    assert [counted(number, "mail") for number in (0, 1, 2)] == ["0 mails", "1 mail", "2 mails"]
    assert [counted(number, "mail is", "mails are") for number in (1, 2)] == ["1 mail is", "2 mails are"]
