"""One measurement of the bench."""

from dataclasses import dataclass, field


@dataclass
class Row:
    """`value` and `reference_value` in `unit`, measured in the same run; more is better unless `lower_is_better`."""

    name: str
    value: float
    unit: str
    reference: str
    reference_value: float
    lower_is_better: bool = False
    ratio: float = field(init=False)

    def __post_init__(self) -> None:
        better, worse = (
            (self.reference_value, self.value) if self.lower_is_better else (self.value, self.reference_value)
        )
        self.ratio = round(better / worse, 3)
