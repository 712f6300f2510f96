"""Where in the E-Akte a document of a known class belongs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from dipro_scan.classify.aktenzeichen import kennzeichen_of, normal_form
from dipro_scan.model import Field, Place, Reason
from dipro_scan.settings import Aktenplan, Configuration, DocumentClass
from dipro_scan.translation import _

_COLLECTIVE_NUMBER = 1


@dataclass(frozen=True, slots=True)
class Placing:
    """The place, or the best proposal for one; what speaks against it; what is worth knowing."""

    place: Place | None
    against: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


def find_place(
    document_class: DocumentClass,
    aktenzeichen: Field | None,
    configuration: Configuration,
    date: dt.date,
    known_akten: Callable[[str], str | None],
) -> Placing:
    """The Akte by the rules of the class.

    `collective`: the class's own Akte of the year of `date`. `case`: the Akte whose Aktenzeichen the
    document names, if it lies at the class's node of the plan or below, was read surely, and exists.
    An Aktenzeichen of the plan that leads elsewhere contradicts the class, whatever the rule.
    """
    kennzeichen = _planned_kennzeichen(aktenzeichen, configuration.aktenplan)
    named = None
    if aktenzeichen is not None and kennzeichen is not None:
        named = _named_place(
            document_class, aktenzeichen.value, kennzeichen, configuration.aktenplan, known_akten
        )
        if not _is_below(kennzeichen, document_class.filing.kennzeichen, configuration.aktenplan):
            sentence = _("The document names %(aktenzeichen)s, but %(class)s belongs under %(kennzeichen)s.")
            return Placing(named, (_contradiction(sentence, aktenzeichen.value, document_class),))
    if document_class.filing.akte == "collective":
        return _collective(document_class, aktenzeichen, named, configuration.aktenplan, date, known_akten)
    if aktenzeichen is None or named is None:
        return Placing(None, (_no_aktenzeichen(document_class, aktenzeichen),))
    against = []
    limit = configuration.pipeline.decision.min_field_confidence
    if aktenzeichen.confidence < limit:
        sentence = _("%(aktenzeichen)s was read with a confidence of %(value).2f; %(limit).2f is asked.")
        values = {"aktenzeichen": aktenzeichen.value, "value": aktenzeichen.confidence, "limit": limit}
        against.append(Reason("aktenzeichen_unsure", sentence % values))
    if known_akten(aktenzeichen.value) is None:
        sentence = _("There is no Akte %(aktenzeichen)s.")
        against.append(Reason("akte_unknown", sentence % {"aktenzeichen": aktenzeichen.value}))
    if against:
        return Placing(named, tuple(against))
    sentence = _("The document names the Akte %(aktenzeichen)s.")
    return Placing(named, (), (Reason("akte_named", sentence % {"aktenzeichen": aktenzeichen.value}),))


def place_by_index(
    document_class: DocumentClass,
    named: tuple[str, str],
    read: Field | None,
    configuration: Configuration,
    date: dt.date,
    known_akten: Callable[[str], str | None],
) -> Placing:
    """The Akte that was named for the paper before it was read: `named` is its number and who named it.

    It holds if it lies at the class's node of the plan or below, exists (or is the class's own of the year),
    and the number `read` at a label of the document is no other.
    """
    number, voice = named
    plan = configuration.aktenplan
    kennzeichen = kennzeichen_of(number) or ""
    own = _collective_place(document_class, plan, date, known_akten)
    is_own = document_class.filing.akte == "collective" and own.aktenzeichen == number
    place = own if is_own else _named_place(document_class, number, kennzeichen, plan, known_akten)
    values = {"voice": voice, "aktenzeichen": number, "class": document_class.title}
    against = []
    if read is not None and read.value != number:
        sentence = _("%(voice)s names %(aktenzeichen)s, but %(read)s stands in the document.")
        if read.confidence >= configuration.pipeline.decision.min_field_confidence:
            against.append(Reason("index_contradicts", sentence % {**values, "read": read.value}))
    if not _is_below(kennzeichen, document_class.filing.kennzeichen, plan):
        sentence = _("%(voice)s names %(aktenzeichen)s, but %(class)s belongs under %(kennzeichen)s.")
        text = sentence % {**values, "kennzeichen": document_class.filing.kennzeichen}
        against.append(Reason("aktenzeichen_contradicts", text))
    if not is_own and known_akten(number) is None:
        sentence = _("%(voice)s names %(aktenzeichen)s, and there is no such Akte yet.")
        against.append(Reason("index_unknown_aktenzeichen", sentence % values))
    if against:
        return Placing(place, tuple(against))
    sentence = _("%(voice)s names the Akte %(aktenzeichen)s.")
    return Placing(place, (), (Reason("index_aktenzeichen", sentence % values),))


def lies_under(aktenzeichen: str, document_class: DocumentClass, plan: Aktenplan) -> bool:
    """Whether an Aktenzeichen in the plan's form lies at the class's node of the plan or below."""
    return _is_below(kennzeichen_of(aktenzeichen) or "", document_class.filing.kennzeichen, plan)


def place_for(
    document_class: DocumentClass,
    plan: Aktenplan,
    aktenzeichen: str | None,
    date: dt.date,
    known_akten: Callable[[str], str | None],
) -> Place | None:
    """The place that a person chose: the Akte named, existing or new, wherever in the plan it lies.

    Without an Aktenzeichen it is the class's own Akte of the year of `date`, if the class has such. None
    where an Aktenzeichen is needed, or the one given is not of this plan.
    """
    if aktenzeichen is None:
        is_collective = document_class.filing.akte == "collective"
        return _collective_place(document_class, plan, date, known_akten) if is_collective else None
    value = normal_form(aktenzeichen, plan)
    kennzeichen = kennzeichen_of(value) if value is not None else None
    if value is None or kennzeichen is None:
        return None
    if (own := _collective_place(document_class, plan, date, known_akten)).aktenzeichen == value:
        return own
    return _named_place(document_class, value, kennzeichen, plan, known_akten)


def _collective(
    document_class: DocumentClass,
    aktenzeichen: Field | None,
    named: Place | None,
    plan: Aktenplan,
    date: dt.date,
    known_akten: Callable[[str], str | None],
) -> Placing:
    place = _collective_place(document_class, plan, date, known_akten)
    if aktenzeichen is not None and named is not None and named.aktenzeichen != place.aktenzeichen:
        # A number of the same node is the sender's or an old one, unless there really is such an Akte.
        if known_akten(named.aktenzeichen) is not None:
            sentence = _("The document names the Akte %(aktenzeichen)s, but %(class)s has one Akte a year.")
            return Placing(named, (_contradiction(sentence, named.aktenzeichen, document_class),))
        sentence = _("The document names %(aktenzeichen)s, which is no Akte here.")
        note = Reason("aktenzeichen_not_used", sentence % {"aktenzeichen": named.aktenzeichen})
        return Placing(place, (), (note,))
    sentence = _("%(class)s has one Akte a year: %(aktenzeichen)s.")
    text = sentence % {"class": document_class.title, "aktenzeichen": place.aktenzeichen}
    return Placing(place, (), (Reason("akte_of_the_year", text),))


def _collective_place(
    document_class: DocumentClass,
    plan: Aktenplan,
    date: dt.date,
    known_akten: Callable[[str], str | None],
) -> Place:
    kennzeichen = document_class.filing.kennzeichen
    aktenzeichen = f"{kennzeichen}-{_COLLECTIVE_NUMBER:04d}/{date.year}"
    title = known_akten(aktenzeichen)
    return Place(
        kennzeichen=kennzeichen,
        aktenzeichen=aktenzeichen,
        akte_title=f"{_bezeichnung(plan, kennzeichen)} {date.year}" if title is None else title,
        vorgang_title=document_class.filing.vorgang,
    )


def _named_place(
    document_class: DocumentClass,
    aktenzeichen: str,
    kennzeichen: str,
    plan: Aktenplan,
    known_akten: Callable[[str], str | None],
) -> Place:
    """The Akte that the document names; where it does not exist, a proposal with its node's name."""
    title = known_akten(aktenzeichen)
    return Place(
        kennzeichen=kennzeichen,
        aktenzeichen=aktenzeichen,
        akte_title=_bezeichnung(plan, kennzeichen) if title is None else title,
        vorgang_title=document_class.filing.vorgang,
    )


def _planned_kennzeichen(aktenzeichen: Field | None, plan: Aktenplan) -> str | None:
    kennzeichen = kennzeichen_of(aktenzeichen.value) if aktenzeichen is not None else None
    return kennzeichen if kennzeichen is not None and plan.node(kennzeichen) is not None else None


def _is_below(kennzeichen: str, top: str, plan: Aktenplan) -> bool:
    return any(node.kennzeichen == top for node in plan.path(kennzeichen))


def _bezeichnung(plan: Aktenplan, kennzeichen: str) -> str:
    node = plan.node(kennzeichen)
    return node.bezeichnung if node is not None else kennzeichen


def _contradiction(sentence: str, aktenzeichen: str, document_class: DocumentClass) -> Reason:
    values = {
        "aktenzeichen": aktenzeichen,
        "class": document_class.title,
        "kennzeichen": document_class.filing.kennzeichen,
    }
    return Reason("aktenzeichen_contradicts", sentence % values)


def _no_aktenzeichen(document_class: DocumentClass, aktenzeichen: Field | None) -> Reason:
    if aktenzeichen is None:
        sentence = _("%(class)s needs an Aktenzeichen, and none was found.")
        return Reason("no_aktenzeichen", sentence % {"class": document_class.title})
    sentence = _("%(class)s needs an Aktenzeichen of the plan, and “%(value)s” is none.")
    values = {"class": document_class.title, "value": aktenzeichen.value}
    return Reason("no_aktenzeichen", sentence % values)
