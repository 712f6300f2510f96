from __future__ import annotations

import itertools

import pytest

from dipro_scan.model import ExitCode, gravest

_ORDER = [1, 2, 10, 5, 6, 8, 9, 7, 4, 3, 0]


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(_ORDER, 2)))
def test_of_several_codes_the_first_of_the_contract_holds(first: int, second: int) -> None:
    assert gravest([ExitCode(second), ExitCode(first)]) == first


def test_nothing_to_report_is_done() -> None:
    assert gravest([]) is ExitCode.DONE
