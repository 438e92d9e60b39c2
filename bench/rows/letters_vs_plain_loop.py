"""The product's own way of making letters against the obvious one."""

from bench import letter_peers
from bench.row import Row


def measure() -> Row:
    """Letters per second: a job on all cores, with PDF/UA, rows, numbers and files, against a plain loop."""
    product, plain = letter_peers.product_beside(letter_peers.plain_loop)
    return Row("letters_vs_plain_loop", product, "letters/s", "one WeasyPrint call per letter", plain)
