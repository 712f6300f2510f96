"""What was said about paper before it was read, held against classes, plan and one another.

A cover sheet, a sticker or a ticket was made for this very paper and counts as its clerk's word; a folder
is a rule for whatever lies in it, and counts less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dipro_scan.classify.aktenzeichen import normal_form
from dipro_scan.classify.index_fields import index_field, says_the_same
from dipro_scan.model import (
    PROTECTION_NEEDS,
    Field,
    IndexOrigin,
    IndexValues,
    ProtectionNeed,
    Reason,
)
from dipro_scan.settings import FIELD_IDS, Configuration
from dipro_scan.translation import _

_OF_THIS_PAPER: frozenset[IndexOrigin] = frozenset({"cover", "sticker", "ticket"})


@dataclass(frozen=True, slots=True)
class Said:
    """What all voices say together.

    `class_id` is a class of the pipeline and `aktenzeichen` in the plan's form; the voices beside them are
    those that said so first. `against` are reasons to ask a person.
    """

    class_id: str | None = None
    class_voice: IndexValues | None = None
    aktenzeichen: str | None = None
    aktenzeichen_voice: IndexValues | None = None
    schutzbedarf: ProtectionNeed | None = None
    schutzbedarf_voice: IndexValues | None = None
    pages: int | None = None
    fields: tuple[tuple[str, Field, IndexValues], ...] = ()
    against: tuple[Reason, ...] = ()

    @property
    def names_this_paper(self) -> bool:
        """Whether the class was named for this very paper, and not for all that lies in a folder."""
        return self.class_voice is not None and self.class_voice.origin in _OF_THIS_PAPER


def heard(voices: Sequence[IndexValues], configuration: Configuration) -> Said:
    """The voices, the one that counts most first, held against classes, plan and one another."""
    if not voices:
        return Said()
    plan, against = configuration.aktenplan, list[Reason]()
    class_id, class_voice = _first(voices, lambda voice: _class_id(voice.class_id, configuration))
    number, number_voice = _first(
        voices, lambda voice: normal_form(voice.aktenzeichen or "", plan) if voice.aktenzeichen else None
    )
    against += _differing(voices, configuration)
    for voice in voices:
        if voice.class_id and _class_id(voice.class_id, configuration) is None:
            sentence = _(
                "%(voice)s names the class “%(class)s”, which this pipeline does not have; a person must say"
                " what the document is."
            )
            text = sentence % {"voice": voice_name(voice), "class": voice.class_id}
            against.append(Reason("index_unknown_class", text))
        if voice.aktenzeichen and normal_form(voice.aktenzeichen, plan) is None:
            sentence = _("%(voice)s names “%(number)s”, which is no Aktenzeichen of the Aktenplan.")
            text = sentence % {"voice": voice_name(voice), "number": voice.aktenzeichen}
            against.append(Reason("index_unknown_aktenzeichen", text))
    needs = [(voice.schutzbedarf, voice) for voice in voices if voice.schutzbedarf is not None]
    need, need_voice = max(needs, key=lambda item: PROTECTION_NEEDS.index(item[0]), default=(None, None))
    fields, field_problems = _fields(voices)
    return Said(
        class_id=class_id,
        class_voice=class_voice,
        aktenzeichen=number,
        aktenzeichen_voice=number_voice,
        schutzbedarf=need,
        schutzbedarf_voice=need_voice,
        pages=next((voice.pages for voice in voices if voice.pages is not None), None),
        fields=fields,
        against=(*against, *field_problems),
    )


def voice_name(voice: IndexValues) -> str:
    """Who says so, as it can begin a sentence."""
    sentences = {
        "cover": _("Cover sheet %(name)s"),
        "sticker": _("Sticker %(name)s"),
        "ticket": _("Ticket %(name)s"),
        "folder": _("Folder %(name)s"),
    }
    return sentences[voice.origin] % {"name": voice.shown}


def _class_id(given: str | None, configuration: Configuration) -> str | None:
    """The class of the pipeline that a voice means: its id, however it is cased."""
    wanted = (given or "").strip().lower()
    return wanted if wanted and configuration.document_class(wanted) is not None else None


def _first(
    voices: Sequence[IndexValues], value_of: Callable[[IndexValues], str | None]
) -> tuple[str | None, IndexValues | None]:
    return next(((value, voice) for voice in voices if (value := value_of(voice))), (None, None))


def _differing(voices: Sequence[IndexValues], configuration: Configuration) -> Iterator[Reason]:
    """A reason for each thing of which two voices say different things."""
    plan = configuration.aktenplan
    sayings: dict[str, list[tuple[str, IndexValues]]] = {}
    for voice in voices:
        if voice.class_id:
            sayings.setdefault("class", []).append((voice.class_id.strip().lower(), voice))
        if voice.aktenzeichen:
            number = normal_form(voice.aktenzeichen, plan) or voice.aktenzeichen.strip()
            sayings.setdefault("aktenzeichen", []).append((number, voice))
        for name, value in sorted(voice.fields.items()):
            field = index_field(name, value)
            sayings.setdefault(name, []).append((field.value if field else value.strip(), voice))
    for name, said in sayings.items():
        first, voice = said[0]
        other = next((item for item in said[1:] if item[0] != first), None)
        if other is not None:
            sentence = _(
                "%(one)s says “%(first)s” for %(name)s, but %(other)s says “%(second)s”;"
                " a person must decide."
            )
            values = {"one": voice_name(voice), "first": first, "name": _thing(name)}
            values |= {"other": voice_name(other[1]), "second": other[0]}
            yield Reason("index_voices_differ", sentence % values)


def _thing(name: str) -> str:
    if name == "class":
        return _("the class")
    return _("the Aktenzeichen") if name == "aktenzeichen" else name


def _fields(
    voices: Sequence[IndexValues],
) -> tuple[tuple[tuple[str, Field, IndexValues], ...], list[Reason]]:
    """The further values, each from the first voice that names it; what has no sense asks a person."""
    found: dict[str, tuple[str, Field, IndexValues]] = {}
    problems = []
    for voice in voices:
        for name, value in sorted(voice.fields.items()):
            if name not in FIELD_IDS or name == "aktenzeichen" or not value.strip():
                continue
            field = index_field(name, value)
            if field is not None:
                found.setdefault(name, (name, field, voice))
                continue
            sentence = _("%(voice)s gives “%(value)s” for the field “%(field)s”, which cannot be one.")
            values = {"voice": voice_name(voice), "value": value, "field": name}
            problems.append(Reason("index_field_invalid", sentence % values))
    return tuple(found[name] for name in sorted(found)), problems


def with_index_fields(
    said: Said, read: dict[str, Field], least_confidence: float
) -> tuple[dict[str, Field], list[Reason], list[Reason]]:
    """The fields with what was said of them, reasons against filing, and what is worth knowing.

    A value said takes the place of one read, unless that was read surely and its check digits are right;
    then a person must tell which of the two holds.
    """
    fields, against, notes = dict(read), list[Reason](), list[Reason]()
    if said.aktenzeichen is not None and said.aktenzeichen_voice is not None:
        raw = said.aktenzeichen_voice.aktenzeichen or said.aktenzeichen
        fields.setdefault("aktenzeichen", Field(said.aktenzeichen, raw, 1.0, "none", 0, None, "index"))
    for name, field, voice in said.fields:
        own = read.get(name)
        if own is None:
            fields[name] = field
            continue
        if says_the_same(name, own.value, field.value):
            continue
        values = {"voice": voice_name(voice), "value": field.value, "field": name, "read": own.value}
        if own.check == "passed" and own.confidence >= least_confidence:
            sentence = _(
                "%(voice)s gives “%(value)s” for the field “%(field)s”, but “%(read)s” stands in the document"
                " and its check digits are right."
            )
            against.append(Reason("index_contradicts", sentence % values))
            continue
        fields[name] = field
        sentence = _("%(voice)s gives “%(value)s” for the field “%(field)s”; “%(read)s” was read.")
        notes.append(Reason("index_field", sentence % values))
    return dict(sorted(fields.items())), against, notes
