"""How neighbours settle which way up a doubtful page lies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.batch.neighbours import LyingPage, settled_by_neighbours
from dipro_scan.model import PageHints
from dipro_scan.model.orientation_evidence import ROTATIONS, OrientationEvidence, OrientationSource

DOUBT = ("orientation_unsure",)


def sure(rotation: int, *, landscape: bool = False, confidence: float = 0.95) -> LyingPage:
    return LyingPage(rotation, confidence, (), landscape)


def doubtful(rotation: int = 0, *scores: float, landscape: bool = False) -> LyingPage:
    evidence = None
    if scores:
        zero, quarter, half, three = scores
        evidence = OrientationEvidence((zero, quarter, half, three), OrientationSource.READING)
    return LyingPage(rotation, 0.3, DOUBT, landscape, evidence)


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_a_doubtful_page_follows_the_pages_around_it(rotation: int) -> None:
    pages = [sure(rotation), doubtful(), sure(rotation)]
    assert settled_by_neighbours(pages) == {1: PageHints(rotation=rotation, by="stack")}


def test_a_doubt_is_settled_too_where_the_page_lies_as_was_thought() -> None:
    assert settled_by_neighbours([sure(0), sure(0), doubtful(0)]) == {2: PageHints(rotation=0, by="stack")}


def test_one_neighbour_or_none_proves_nothing() -> None:
    assert settled_by_neighbours([doubtful()]) == {}
    assert settled_by_neighbours([sure(180), doubtful()]) == {}


def test_doubtful_and_blank_neighbours_are_no_witnesses() -> None:
    assert settled_by_neighbours([doubtful(180), sure(180, confidence=0.0), doubtful(), sure(180)]) == {}


def test_neighbours_that_differ_prove_nothing() -> None:
    assert settled_by_neighbours([sure(180), sure(180), doubtful(), sure(0), sure(0)]) == {}


def test_backs_that_lie_the_other_way_follow_backs() -> None:
    pages = [sure(0), sure(180), sure(0), doubtful(), sure(0), sure(180)]
    assert settled_by_neighbours(pages) == {3: PageHints(rotation=180, by="stack")}


def test_pages_of_another_shape_are_no_witnesses() -> None:
    pages = [sure(90, landscape=True), doubtful(), sure(90, landscape=True)]
    assert settled_by_neighbours(pages) == {}


def test_pages_far_off_are_no_witnesses() -> None:
    far = [sure(0, confidence=0.1)] * 6
    assert settled_by_neighbours([sure(180), *far, doubtful(), *far, sure(180)]) == {}


def test_what_was_read_on_the_page_itself_weighs_more() -> None:
    stack = [sure(0), sure(0)]
    assert settled_by_neighbours([*stack, doubtful(180, 3.0, 0.0, 9.0, 0.0)]) == {}
    assert settled_by_neighbours([*stack, doubtful(180, 5.0, 0.0, 9.0, 0.0)]) == {
        2: PageHints(rotation=0, by="stack")
    }


@given(
    st.lists(
        st.builds(
            LyingPage,
            st.sampled_from(ROTATIONS),
            st.floats(0, 1),
            st.sampled_from(((), DOUBT)),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_only_doubtful_pages_are_ever_turned_and_only_as_a_sure_one_lies(pages: list[LyingPage]) -> None:
    for index, hint in settled_by_neighbours(pages).items():
        assert pages[index].is_doubtful
        assert hint.rotation in {page.rotation for page in pages if page.is_witness}


def test_evidence_knows_its_best_rotation() -> None:
    evidence = OrientationEvidence((2.0, 0.0, 7.0, 0.0), OrientationSource.READING)
    assert (evidence.best, evidence.of(0)) == (180, 2.0)
    assert evidence.contradicts(0, 3.0) and not evidence.contradicts(0, 3.5)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (OrientationSource.EDGES, {2: PageHints(rotation=0, by="stack")}),
        (OrientationSource.ENGINE, {}),
        (OrientationSource.READING, {}),
    ],
)
def test_a_guess_from_edges_does_not_speak_against_neighbours(
    source: OrientationSource, expected: dict[int, PageHints]
) -> None:
    """Where nothing reads, the edges propose something all the same."""
    guess = LyingPage(180, 0.0, DOUBT, landscape=False, evidence=OrientationEvidence((0, 0, 0.1, 0), source))
    assert settled_by_neighbours([sure(0), sure(0), guess]) == expected
