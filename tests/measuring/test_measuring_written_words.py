"""What was read of handwriting and stamps is left out; nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_words import without_written

PRINTED = "Mit freundlichen Grüßen\nSamira Pohl\nSachbearbeiterin"


@pytest.mark.parametrize(
    ("read", "written", "left"),
    [
        (f"{PRINTED}\nSamira Pahl", "Samira Pohl", PRINTED),
        (f"EINGANG\n02.07.2026\n{PRINTED}", "EINGANG 02.07.2026", PRINTED),
        # Said once by hand: what is read twice is wrong once.
        (f"{PRINTED}\nPohl Pohl", "Pohl", f"{PRINTED}\n Pohl"),
        (f"{PRINTED}\nnl", "Samira Pohl", f"{PRINTED}\nnl"),
        (f"{PRINTED}\nSamira Pohl", "", f"{PRINTED}\nSamira Pohl"),
        # Printed words stay, those too that are misread.
        (PRINTED.replace("Pohl", "Pahl"), "", PRINTED.replace("Pohl", "Pahl")),
        (PRINTED, "Samira Pohl", PRINTED),
    ],
)
def test_words_by_hand_are_left_out_as_often_as_they_stand_there(read: str, written: str, left: str) -> None:
    assert without_written(read, PRINTED, written).split() == left.split()


@given(st.lists(st.sampled_from(PRINTED.split()), max_size=9), st.text(max_size=20))
def test_lines_stay_lines_and_nothing_is_added(words: list[str], written: str) -> None:
    read = "\n".join(words)
    left = without_written(read, PRINTED, written)
    assert left.count("\n") == read.count("\n")
    assert len(left.split()) <= len(words)
