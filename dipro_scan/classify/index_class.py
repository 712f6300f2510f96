"""The class that was named for the paper, held against what its words speak for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dipro_scan.classify.classes import confidence, lead
from dipro_scan.classify.index import Said, voice_name
from dipro_scan.model import PROTECTION_NEEDS, Classification, ProtectionNeed, Reason
from dipro_scan.settings import Configuration, DocumentClass
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class Named:
    """The class that holds now. `trusted`: it needs no evidence of its own; then `of_this_paper` tells that
    a person named it for this very paper, who has seen how well it can be read.
    """

    classification: Classification
    trusted: bool = False
    of_this_paper: bool = False
    against: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


def named_class(said: Said, read: Classification, configuration: Configuration) -> Named:
    """The class that was named, unless none was; its confidence stays that of the words alone.

    What was named for this very paper is contradicted where another class has evidence enough and leads it
    clearly; what a folder says, where any other class has more.
    """
    document_class = configuration.document_class(said.class_id or "")
    if document_class is None or said.class_voice is None:
        return Named(read)
    settings = configuration.pipeline.decision
    own = max(0.0, read.scores.get(document_class.id, 0.0))
    others = [(name, score) for name, score in read.scores.items() if name != document_class.id]
    other, score = max(others, key=lambda item: item[1], default=("", 0.0))
    if said.names_this_paper:
        contradicted = score >= settings.min_score and lead([score, own]) >= settings.min_margin
    else:
        contradicted = score > own
    sureness = confidence(own, lead([own, score]))
    found = replace(read, class_id=document_class.id, confidence=sureness)
    values = {"voice": voice_name(said.class_voice), "class": document_class.title}
    if contradicted:
        title = _title(other, configuration)
        sentence = _(
            "%(voice)s names the class %(class)s, but what was read speaks for %(other)s (%(points)s points)."
        )
        text = sentence % {**values, "other": title, "points": f"{score:g}"}
        return Named(found, against=(Reason("index_contradicts", text),))
    note = Reason("index_class", _("%(voice)s names the class %(class)s.") % values)
    trusted = settings.trust_index
    return Named(found, trusted, trusted and said.names_this_paper, notes=(note,))


def asked_protection(
    said: Said, document_class: DocumentClass
) -> tuple[ProtectionNeed | None, list[Reason], list[Reason]]:
    """The Schutzbedarf that was asked, if above that of the class; reasons against filing; notes.

    By the maximum principle (BSI standard 200-2) the higher one holds. Filing by sample holds for the need
    of the class alone; above it every document is looked at (TR-03138 A.AM.IN.H.7).
    """
    asked, voice = said.schutzbedarf, said.schutzbedarf_voice
    if asked is None or voice is None:
        return None, [], []
    own = document_class.schutzbedarf
    need = max(own.integritaet, own.vertraulichkeit, own.verfuegbarkeit, key=PROTECTION_NEEDS.index)
    values = {"voice": voice_name(voice), "asked": asked, "class": document_class.title, "need": need}
    if PROTECTION_NEEDS.index(asked) > PROTECTION_NEEDS.index(need):
        sentence = _(
            "%(voice)s asks for the Schutzbedarf “%(asked)s”, above “%(need)s” of %(class)s; a person checks"
            " the document before it is filed."
        )
        return asked, [Reason("quality_check", sentence % values)], []
    if asked != need:
        sentence = _("%(voice)s asks for the Schutzbedarf “%(asked)s”; “%(need)s” of %(class)s holds.")
        return None, [], [Reason("schutzbedarf_not_lowered", sentence % values)]
    return None, [], []


def _title(class_id: str, configuration: Configuration) -> str:
    found = configuration.document_class(class_id)
    return found.title if found is not None else class_id
