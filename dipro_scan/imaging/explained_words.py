"""Short words for what is seen on a page, for captions and reports."""

from __future__ import annotations

from dipro_scan.model import BlankVerdict, FaultKind, MarkVerdict, ProcessingStep, StampShape
from dipro_scan.translation import _, ngettext


def blank_word(verdict: BlankVerdict) -> str:
    return {"blank": _("blank"), "not_blank": _("not blank"), "doubtful": _("perhaps blank")}[verdict]


def blank_doubt_sentence(doubt: str) -> str:
    """Why a page is doubtful; an unknown id stays as it is."""
    known = {
        "little_ink": _("There is too little ink to be sure that it is writing."),
        "ink_in_margin": _("There is ink in the margin only."),
        "may_show_through": _("All ink is so pale that it may shine through from the other side."),
        "dark_paper": _("The page is too dark to be called an empty sheet."),
    }
    return known.get(doubt, doubt)


def fault_words(kind: FaultKind, count: int) -> str:
    """So many of them: “2 punch holes”."""
    if kind is FaultKind.HOLE:
        words = ngettext("%(count)d punch hole", "%(count)d punch holes", count)
    elif kind is FaultKind.STAPLE:
        words = ngettext("%(count)d staple", "%(count)d staples", count)
    else:
        words = ngettext("%(count)d folded corner", "%(count)d folded corners", count)
    return words % {"count": count}


def mark_words(verdict: MarkVerdict, count: int) -> str:
    """So many boxes of a form: “3 boxes ticked”."""
    if verdict is MarkVerdict.EMPTY:
        words = ngettext("%(count)d box empty", "%(count)d boxes empty", count)
    elif verdict is MarkVerdict.TICKED:
        words = ngettext("%(count)d box ticked", "%(count)d boxes ticked", count)
    elif verdict is MarkVerdict.CROSSED:
        words = ngettext("%(count)d box crossed", "%(count)d boxes crossed", count)
    else:
        words = ngettext("%(count)d box blackened", "%(count)d boxes blackened", count)
    return words % {"count": count}


def stamp_word(shape: StampShape) -> str:
    known = {
        StampShape.FRAME: _("stamp with a frame"),
        StampShape.RING: _("round stamp"),
        StampShape.RULES: _("stamp with rules"),
        StampShape.LINES: _("stamp of lines"),
    }
    return known[shape]


def turn_sentence(rotation: int) -> str:
    """How a page was turned to stand upright, by degrees clockwise."""
    known = {
        90: _("It was turned by a quarter clockwise."),
        180: _("It lay upside down and was turned by a half."),
        270: _("It was turned by a quarter counter-clockwise."),
    }
    return known.get(rotation, _("It lay upright and was not turned."))


def archive_step_words(step: ProcessingStep) -> str:
    """What was done to the archived page; an unknown step is called by its id."""
    known = {
        "rotate": _("turned"),
        "deskew": _("straightened"),
        "crop": _("cut to the paper"),
        "split_spread": _("shown as two pages"),
        "recode": _("stored anew without loss"),
        "rendered": _("drawn from the file"),
        "render_dpi_lowered": _("drawn with a lower resolution"),
        "convert_colour": _("colours converted"),
        "reduce_depth": _("fewer bits for each colour"),
        "flatten_transparency": _("transparent places made white"),
        "truncated": _("completed, because the file breaks off"),
    }
    return known.get(step.name, step.name)


def size_words(name: str) -> str:
    """The name of a size of paper, as people call it."""
    return {"receipt": _("receipt"), "letter": _("US letter")}.get(name, name)
