"""Files of settings → one validated `Configuration`; and the check of a whole set."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from dipro_scan.model import SettingsError
from dipro_scan.settings.problems import at_line, problems, suggestion, summary, validated
from dipro_scan.settings.reading_check import ReadingCheck
from dipro_scan.settings.schema import Aktenplan, Configuration, DocumentClass, Pipeline, Site
from dipro_scan.settings.shelf import CLASSES, PLANS, SITE_FILE, SUFFIX, Shelf
from dipro_scan.settings.yaml_source import YamlSource, read_yaml
from dipro_scan.translation import _

M = TypeVar("M", bound=BaseModel)


def load_configuration(
    pipeline: str, overlay: Path | None = None, check_reading: ReadingCheck | None = None
) -> Configuration:
    """Everything one run needs.

    `pipeline` is a name or the path of a `.yaml` file; site, plan and classes come from `overlay` where
    it has them, else from the shipped set. `check_reading` judges the engine and options of `reading`.
    Raises UsageProblem for a pipeline or folder that does not exist, SettingsError for a file that is wrong.
    """
    shelf = Shelf.over(overlay)
    site = _load(_site_file(shelf), Site)
    main = _load(shelf.pipeline_file(pipeline), Pipeline)
    wrong = _pipeline_problems(main, shelf, check_reading)
    if wrong:
        raise summary(wrong)
    plan = _load(_part_file(shelf, PLANS, main.content.aktenplan), Aktenplan)
    classes = [
        _load(_part_file(shelf, CLASSES, class_id), DocumentClass) for class_id in main.content.classes
    ]
    found = [*_misnamed(plan, plan.content.name), *_disagreements(plan.content, classes)]
    if found:
        raise summary(found)
    contents = tuple(item.content for item in classes)
    return Configuration(
        site=site.content,
        pipeline=main.content,
        aktenplan=plan.content,
        classes=contents,
        sha256=_content_sha256((site.content, main.content, plan.content, *contents)),
    )


def load_site(overlay: Path | None = None) -> Site:
    """`site.yaml` alone. Raises SettingsError where it is wrong."""
    return _load(_site_file(Shelf.over(overlay)), Site).content


def pipeline_names(overlay: Path | None = None) -> list[str]:
    """The pipelines that `load_configuration` knows by name, sorted."""
    return Shelf.over(overlay).names()


def check_all(overlay: Path | None = None, check_reading: ReadingCheck | None = None) -> list[SettingsError]:
    """Every problem of every file in the set, used by a pipeline or not; empty where all is right."""
    shelf = Shelf.over(overlay)
    found = [
        SettingsError(_("%(file)s is never read: the name must end in .yaml.") % {"file": file})
        for file in shelf.misnamed()
    ]
    found += _file_problems(_site_file(shelf), Site)
    for folder, model in ((PLANS, Aktenplan), (CLASSES, DocumentClass), ("", Pipeline)):
        for name in shelf.names(folder):
            found += _file_problems(_part_file(shelf, folder, name), model)
    found += _cross_problems(shelf, check_reading)
    return list({str(error): error for error in found}.values())


@dataclass(frozen=True, slots=True)
class _Loaded(Generic[M]):
    source: YamlSource
    content: M


def _load(path: Path, model: type[M]) -> _Loaded[M]:
    source = read_yaml(path)
    return _Loaded(source, validated(source, model))


def _part_file(shelf: Shelf, folder: str, name: str) -> Path:
    relative = f"{folder}/{name}{SUFFIX}" if folder else name + SUFFIX
    return shelf.find(relative) or shelf.folders[0] / relative


def _site_file(shelf: Shelf) -> Path:
    return _part_file(shelf, "", SITE_FILE.removesuffix(SUFFIX))


def _pipeline_problems(
    main: _Loaded[Pipeline], shelf: Shelf, check_reading: ReadingCheck | None
) -> list[SettingsError]:
    """What is wrong with a pipeline beyond its form: its name, what it names, how it wants to read."""
    reading = check_reading(main.content.reading) if check_reading else ()
    return [
        *_misnamed(main, main.content.name),
        *_missing_parts(main, shelf),
        *_unknown_in_rules(main, shelf),
        *(at_line(main.source, ("reading", *problem.at), problem.sentence) for problem in reading),
    ]


def _missing_parts(main: _Loaded[Pipeline], shelf: Shelf) -> list[SettingsError]:
    """Plan and classes that the pipeline names and nobody wrote; classes named twice."""
    found = []
    plans, classes = shelf.names(PLANS), shelf.names(CLASSES)
    if main.content.aktenplan not in plans:
        problem = _("there is no Aktenplan “%(name)s”; %(hint)s") % {
            "name": main.content.aktenplan,
            "hint": suggestion(main.content.aktenplan, plans).removesuffix("."),
        }
        found.append(at_line(main.source, ("aktenplan",), problem))
    for index, class_id in enumerate(main.content.classes):
        if class_id not in classes:
            problem = _("there is no class “%(name)s”; %(hint)s") % {
                "name": class_id,
                "hint": suggestion(class_id, classes),
            }
            found.append(at_line(main.source, ("classes", index), problem))
        elif class_id in main.content.classes[:index]:
            problem = _("the class “%(name)s” stands twice; it may stand once") % {"name": class_id}
            found.append(at_line(main.source, ("classes", index), problem))
    return found


def _unknown_in_rules(main: _Loaded[Pipeline], shelf: Shelf) -> list[SettingsError]:
    """Pipelines and classes that rules for folders name, and that are not there for what lies in them."""
    found = []
    names, rules = shelf.names(), main.content.inbox.rules
    others = {rule.pipeline for rule in rules if rule.pipeline is not None and rule.pipeline in names}
    redirected = {name: _classes_of(name, shelf) for name in others}
    everywhere = {*main.content.classes}.union(*redirected.values())
    for index, rule in enumerate(rules):
        if rule.pipeline is not None and rule.pipeline not in names:
            problem = _("there is no pipeline “%(name)s”; %(hint)s") % {
                "name": rule.pipeline,
                "hint": suggestion(rule.pipeline, names),
            }
            found.append(at_line(main.source, ("inbox", "rules", index, "pipeline"), problem))
            continue
        known = everywhere if rule.pipeline is None else redirected[rule.pipeline]
        if rule.class_ is not None and known and rule.class_ not in known:
            problem = _("the pipeline that reads this folder has no class “%(name)s”; %(hint)s") % {
                "name": rule.class_,
                "hint": suggestion(rule.class_, sorted(known)),
            }
            found.append(at_line(main.source, ("inbox", "rules", index, "class"), problem))
    return found


def _classes_of(pipeline: str, shelf: Shelf) -> frozenset[str]:
    """The classes of another pipeline; empty where its file is wrong, which is told where that is checked."""
    with contextlib.suppress(SettingsError):
        return frozenset(_load(_part_file(shelf, "", pipeline), Pipeline).content.classes)
    return frozenset()


def _misnamed(part: _Loaded[M], name: str, key: str = "name") -> list[SettingsError]:
    """A file's content must bear the file's name, or nobody finds what a record was filed by."""
    stem = part.source.path.stem
    if name == stem:
        return []
    problem = _("“%(key)s” is “%(name)s” but the file is called “%(stem)s”; make them the same") % {
        "key": key,
        "name": name,
        "stem": stem,
    }
    return [at_line(part.source, (key,), problem)]


def _disagreements(plan: Aktenplan, classes: Sequence[_Loaded[DocumentClass]]) -> list[SettingsError]:
    """Classes that bear another name than their file, or file where the plan has no number."""
    found = []
    for part in classes:
        found += _misnamed(part, part.content.id, "id")
        kennzeichen = part.content.filing.kennzeichen
        if plan.node(kennzeichen) is None:
            problem = _(
                "the Kennzeichen “%(number)s” is not in the Aktenplan “%(plan)s”; add it or choose another"
            ) % {"number": kennzeichen, "plan": plan.name}
            found.append(at_line(part.source, ("filing", "kennzeichen"), problem))
    return found


def _file_problems(path: Path, model: type[BaseModel]) -> list[SettingsError]:
    try:
        return problems(read_yaml(path), model)
    except SettingsError as error:
        return [error]


def _cross_problems(shelf: Shelf, check_reading: ReadingCheck | None) -> list[SettingsError]:
    """What is wrong between files; files that are wrong in themselves are left out."""
    found: list[SettingsError] = []
    plans = {part.source.path.stem: part for part in _sound_parts(shelf, PLANS, Aktenplan)}
    classes = {part.source.path.stem: part for part in _sound_parts(shelf, CLASSES, DocumentClass)}
    for plan in plans.values():
        found += _misnamed(plan, plan.content.name)
    for part in classes.values():
        found += _misnamed(part, part.content.id, "id")
    for main in _sound_parts(shelf, "", Pipeline):
        found += _pipeline_problems(main, shelf, check_reading)
        chosen = plans.get(main.content.aktenplan)
        if chosen:
            named = [classes[class_id] for class_id in main.content.classes if class_id in classes]
            found += _disagreements(chosen.content, named)
    return found


def _sound_parts(shelf: Shelf, folder: str, model: type[M]) -> list[_Loaded[M]]:
    parts = []
    for name in shelf.names(folder):
        # What is wrong in a file itself is reported where that file is checked.
        with contextlib.suppress(SettingsError):
            parts.append(_load(_part_file(shelf, folder, name), model))
    return parts


def _content_sha256(parts: Sequence[BaseModel]) -> str:
    """Over what the settings say, not how they are written: comments and order of keys do not count."""
    contents = [part.model_dump(mode="json", by_alias=True) for part in parts]
    return hashlib.sha256(json.dumps(contents, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
