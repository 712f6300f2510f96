"""What a city decides, as validated values. One class per kind of YAML file, and its parts.

Names in YAML are these names. Every default stands here or in the shipped files, never in a room.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dipro_scan.settings.bounded_pattern import fault_in
from dipro_scan.translation import _

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
NamePattern = Annotated[str, Field(pattern=r"^[^*/]*\*[^*/]*$", min_length=2, max_length=64)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Need = Literal["normal", "hoch", "sehr hoch"]

FIELD_IDS = (
    "aktenzeichen",
    "kassenzeichen",
    "rechnungsnummer",
    "dokumentdatum",
    "eingangsdatum",
    "faelligkeit",
    "betrag",
    "iban",
    "bic",
    "glaeubiger_id",
    "ust_id",
    "steuer_id",
    "steuernummer",
    "leitweg_id",
    "absender",
    "empfaenger",
    "betreff",
    "person_name",
    "geburtsdatum",
    "registernummer",
    "flurstueck",
    "kfz_kennzeichen",
)


class SettingProblem(ValueError):
    """What a validator found: one sentence for people, and where, seen from the validated part.

    `at` is the way from there to the value at fault (`("nodes", 3, "kennzeichen")`).
    """

    def __init__(self, sentence: str, *at: str | int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.at = at


class Settings(BaseModel):
    """Common ground: unknown keys are errors, numbers are finite, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Organisation(Settings):
    """Who answers for the scans: the Transfervermerk names it."""

    name: str
    unit: str
    street: str | None = None
    postal_code: str | None = None
    town: str


class Procedure(Settings):
    """The documented scanning procedure that the Transfervermerk refers to (TR-03138 A.G.1)."""

    name: str
    variant: str | None = None
    version: str | None = None
    date: dt.date | None = None


class Site(Settings):
    """`site.yaml`: what holds for the whole city."""

    schema_: Literal[1] = Field(alias="schema")
    language: Literal["de", "en"] | None = None
    time_zone: str = "Europe/Berlin"
    organisation: Organisation
    procedure: Procedure
    transliterate_names: bool = False

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise SettingProblem(
                _("“%(value)s” is no time zone; write one such as Europe/Berlin") % {"value": value}
            ) from error
        return value


class IntakeSettings(Settings):
    """Limits of what is opened, and how PDF pages without one full image become pixels.

    `beside` are name patterns of files that lie beside scans and are none (tickets, lists, programs, fonts):
    they are named in the result and otherwise left alone.
    """

    beside: tuple[str, ...] = ("*.json", "*.xml", "*.csv", "*.py", "*.typ", "*.ttf", "*.md")
    max_megapixels: float = Field(250.0, gt=0)
    max_pages: int = Field(2000, ge=1)
    max_megabytes: float = Field(2000.0, gt=0)
    render_dpi: int = Field(300, ge=72, le=1200)
    renderer: Literal["pdfium", "poppler"] = "pdfium"
    open_seconds: float = Field(60.0, gt=0)


class InboxRule(Settings):
    """What holds for all files in a folder of an inbox and in the folders below it.

    `folder`: the folder's path below INPUT, with `/`; `*` and `?` stand for letters of one name, `**` for any
    number of folders, `*` alone for the whole inbox. Letter case is ignored. The rest is what a ticket could
    say of each file there.
    """

    folder: str = Field(min_length=1, max_length=240)
    pipeline: Identifier | None = None
    class_: Identifier | None = Field(None, alias="class")
    aktenzeichen: str | None = Field(None, min_length=1, max_length=64)
    schutzbedarf: Need | None = None
    operator: str | None = Field(None, min_length=1, max_length=128)
    station: str | None = Field(None, min_length=1, max_length=128)
    fields: dict[Identifier, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_something(self) -> InboxRule:
        if self.folder.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", self.folder):
            raise SettingProblem(
                _("“folder” must be a path below the inbox, such as Bauakten or Bauakten/2026"), "folder"
            )
        if not self.model_fields_set - {"folder"}:
            raise SettingProblem(
                _("the rule says nothing about its folder; add “pipeline”, “class” or another value")
            )
        for field_id in self.fields:
            if field_id not in FIELD_IDS:
                raise SettingProblem(
                    _("there is no field “%(field)s”; allowed are: %(allowed)s")
                    % {"field": field_id, "allowed": ", ".join(FIELD_IDS)},
                    "fields",
                    field_id,
                )
        return self


class InboxSettings(Settings):
    """When a file in an inbox can be taken, and what its folder and a ticket beside it say about it.

    It counts as wholly written when it was not touched for `settle_seconds`; a run waits up to
    `patience_seconds` for that and leaves what still changes to the next run. `watch` looks every
    `poll_seconds`, and at once where the system tells of changes; after a failure it tries again after
    `retry_seconds`, then after pauses that double up to `longest_retry_seconds`. A source over which
    `max_attempts` runs died goes to quarantine.

    `tickets`: whether JSON, XML and CSV files beside scans are read for index values. `rules`: what folders
    say; for each value the first rule counts that fits the folder and gives it.
    """

    settle_seconds: float = Field(5.0, ge=0, le=3600)
    patience_seconds: float = Field(60.0, ge=0, le=86400)
    poll_seconds: float = Field(10.0, ge=0.1, le=86400)
    retry_seconds: float = Field(5.0, ge=0.1, le=3600)
    longest_retry_seconds: float = Field(300.0, ge=0.1, le=86400)
    max_attempts: int = Field(3, ge=1, le=1000)
    tickets: bool = True
    rules: tuple[InboxRule, ...] = ()


class RoomSettings(Settings):
    """How much room there must be for a run to begin, and to go on.

    `min_free_megabytes` and `min_free_inodes` stay free on every drive that is written to; a run stops in
    order before it takes them. To begin, there must be `disk_per_input` bytes more for each byte of the
    inbox. A worker counts with `megabytes_per_worker` of memory: where there is less, fewer of them start.
    """

    min_free_megabytes: float = Field(200.0, ge=0)
    min_free_inodes: int = Field(1000, ge=0)
    disk_per_input: float = Field(4.0, ge=1, le=100)
    megabytes_per_worker: float = Field(300.0, gt=0)


class BlankSettings(Settings):
    """When a page counts as blank (domain: ink share, largest component, margin left out)."""

    margin_mm: float = Field(5.0, ge=0)
    max_ink_share: Share = 0.0005
    max_component_mm2: float = Field(0.4, gt=0)
    doubtful_ink_share: Share = 0.005
    doubtful_component_mm2: float = Field(4.0, gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> BlankSettings:
        if self.doubtful_ink_share < self.max_ink_share:
            raise _below(self, "doubtful_ink_share", "max_ink_share")
        if self.doubtful_component_mm2 < self.max_component_mm2:
            raise _below(self, "doubtful_component_mm2", "max_component_mm2")
        return self


def _below(settings: BlankSettings, larger: str, smaller: str) -> SettingProblem:
    return SettingProblem(
        _("“%(larger)s” is %(value)s and must not be below “%(smaller)s” (%(limit)s)")
        % {
            "larger": larger,
            "value": getattr(settings, larger),
            "smaller": smaller,
            "limit": getattr(settings, smaller),
        },
        larger,
    )


class ImagingSettings(Settings):
    """Straightening, and the confidence below which a page is not turned without a doubt."""

    max_skew_degrees: float = Field(15.0, gt=0, le=20)
    min_skew_degrees: float = Field(0.05, ge=0)
    min_rotation_confidence: Share = 0.5
    blank: BlankSettings = BlankSettings()


class ReadingSettings(Settings):
    """Which engine reads, in which languages, how long a page may take.

    Pages are looked at with `dpi` dots per inch, and read with no more than `large_print_dpi` where nearly
    all letters are as tall as those of 9 points and more: that reads as well, in three quarters of the time.
    """

    engine: str = "tesseract"
    languages: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_/]+$")], ...] = ("deu", "eng")
    options: dict[str, Any] = Field(default_factory=dict)
    dpi: int = Field(300, ge=100, le=600)
    large_print_dpi: int = Field(200, ge=100, le=600)
    page_seconds: float = Field(180.0, gt=0)
    min_mean_confidence: Share = 0.6


class StickerPattern(Settings):
    """Which barcodes are stickers, and what they say.

    `gives` is `aktenzeichen`, or the name of another index value (`archivnummer`). `pattern` must fit the
    whole text; its group `value`, if it has one, is what counts. Without one the text is an Aktenzeichen.
    """

    gives: Identifier = "aktenzeichen"
    pattern: str | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> StickerPattern:
        if self.pattern is None and self.gives != "aktenzeichen":
            raise SettingProblem(
                _("write a “pattern” that tells which barcodes give “%(name)s”") % {"name": self.gives}
            )
        fault = fault_in(self.pattern) if self.pattern is not None else None
        if fault is not None:
            raise SettingProblem(fault, "pattern")
        return self


class StickerSettings(Settings):
    """Barcodes on first pages. Where one `starts_document`, its page begins a new one and stays in it."""

    patterns: tuple[StickerPattern, ...] = ()
    starts_document: bool = True


class SeparationSettings(Settings):
    """Where one document ends and the next begins.

    `separator_codes`: kinds of barcodes that part documents with the `separator_text`. `patch_text`: the name
    of a patch code that counts (`PATCHT`) counts too, in a barcode or alone on a page. `cover_sheets`: those
    of `sheets cover` begin a part and say what is in it. `every_pages`: a document has so many sides, the
    blank ones included. `blank_separates`: a blank page ends a document. `one_per_folder`: all files of a
    subfolder are one; those that lie in none remain one each. `propose`: where the pages look as if a new
    document began inside one, a person is asked.
    """

    separator_text: str = "DIPRO-SCAN-SEPARATOR"
    separator_codes: tuple[Literal["QRCode", "DataMatrix", "Code128", "Code39", "PDF417"], ...] = ("QRCode",)
    patch_codes: tuple[Literal["1", "2", "3", "4", "6", "T"], ...] = ("T",)
    patch_text: bool = False
    cover_sheets: bool = True
    stickers: StickerSettings = StickerSettings()
    every_pages: int | None = Field(None, ge=1, le=9999)
    blank_separates: bool = False
    set_aside_blank: bool = True
    one_file_per_page: bool = False
    one_per_folder: bool = False
    propose: bool = True

    def seen_on_pages(self) -> dict[str, Any]:
        """The values that bear on reading a page, as JSON values: the others cost no second reading."""
        seen = {"separator_text", "separator_codes", "patch_codes", "patch_text"}
        patterns = [pattern.model_dump(mode="json") for pattern in self.stickers.patterns]
        return {**self.model_dump(mode="json", include=seen), "stickers": patterns}


class CollationSettings(Settings):
    """Stacks whose fronts and backs came as two files, because the scanner reads one side only.

    `mode` is `two_passes` where that is so. `pairing`: `names` takes for one stack a file that fits a
    pattern of `fronts` and one in the same folder that fits a pattern of `backs`, where both `*` stand for
    the same text (names without ending, letter case ignored); other files are whole by themselves.
    `stations` takes each two files of a station one after the other, as they lie in the inbox.
    `backs_reversed`: the whole stack was turned over, so its last back came first. A half waits in the inbox
    for `wait_minutes`; if the other one did not come by then, it goes to review.
    """

    mode: Literal["none", "two_passes"] = "none"
    pairing: Literal["names", "stations"] = "names"
    fronts: tuple[NamePattern, ...] = ("*_vorder", "*_vorderseiten", "*_v", "*_fronts")
    backs: tuple[NamePattern, ...] = ("*_rück", "*_rueck", "*_rückseiten", "*_rueckseiten", "*_r", "*_backs")
    backs_reversed: bool = True
    wait_minutes: float = Field(30.0, ge=0, le=10080)


class CompletenessSettings(Settings):
    """What is noticed of pages that are missing, stuck together or scanned twice; each sends to review.

    `page_numbers`: gaps, repetitions and disorder in printed numbers (“Seite 2 von 6”). `double_feeds`: a
    page longer than its neighbours by more than `double_feed_mm`. `repeated_pages`: an image twice in a row.
    """

    page_numbers: bool = True
    double_feeds: bool = True
    double_feed_mm: float = Field(5.0, gt=0, le=300)
    repeated_pages: bool = True


class DecisionSettings(Settings):
    """What is enough evidence to file without asking.

    `min_score` is the weighted evidence a class needs, `min_margin` its lead over the second as a share of
    its own score. `min_field_confidence` is asked of the Aktenzeichen's words. `trust_index`: what a person
    said of this very paper (cover sheet, sticker, ticket) is its class, unless the words speak for another.
    """

    min_score: float = Field(5.0, gt=0)
    min_margin: Share = 0.25
    min_confidence: Share = 0.8
    min_field_confidence: Share = 0.6
    fuzzy_characters_per_error: int = Field(8, ge=3)
    trust_index: bool = True


class DeadlineSettings(Settings):
    """In which incoming paper days and spans of time are deadlines.

    `classes`: kinds of documents; paper of which nobody knows what it is counts too if `unknown`. `remedies`
    are deadlines by themselves. None earlier than `past_days` before the receipt or later than
    `future_days` after it is believed.
    """

    classes: tuple[Identifier, ...] = (
        *("widerspruch", "gerichtsentscheidung", "anhoerung", "mahnung", "bussgeldbescheid"),
        *("ordnungsverfuegung", "allgemeines_schreiben"),
    )
    remedies: tuple[Identifier, ...] = ("widerspruch",)
    unknown: bool = True
    past_days: int = Field(92, ge=0, le=3660)
    future_days: int = Field(366, ge=1, le=3660)


class DuplicateSettings(Settings):
    """What happens to paper that seems to have been scanned before (same bytes are never filed twice).

    `rescans`: whether a document is looked up among those filed and in review, and held where it is found.
    It counts as found where `same_pages` of the pages of the shorter one are on the other, in order.
    """

    rescans: Literal["review", "ignore"] = "review"
    same_pages: Share = Field(0.8, gt=0)


class Pipeline(Settings):
    """`<name>.yaml`: how one kind of incoming paper is handled."""

    schema_: Literal[1] = Field(alias="schema")
    name: Identifier
    title: str
    aktenplan: Identifier
    classes: tuple[Identifier, ...] = Field(min_length=1)
    inbox: InboxSettings = InboxSettings()
    room: RoomSettings = RoomSettings()
    intake: IntakeSettings = IntakeSettings()
    imaging: ImagingSettings = ImagingSettings()
    reading: ReadingSettings = ReadingSettings()
    separation: SeparationSettings = SeparationSettings()
    duplicates: DuplicateSettings = DuplicateSettings()
    collation: CollationSettings = CollationSettings()
    completeness: CompletenessSettings = CompletenessSettings()
    decision: DecisionSettings = DecisionSettings()
    deadlines: DeadlineSettings = DeadlineSettings()

    @model_validator(mode="after")
    def _sheets_are_no_stacks(self) -> Pipeline:
        for setting in ("one_file_per_page", "one_per_folder"):
            if self.collation.mode == "two_passes" and getattr(self.separation, setting):
                sentence = _("a stack scanned in two passes is two files; it does not go with “%(setting)s”")
                raise SettingProblem(sentence % {"setting": setting}, "collation", "mode")
        return self


class Phrase(Settings):
    """Words that speak for (or, as `excluding`, against) a class."""

    text: str = Field(min_length=3)
    weight: Literal["title", "strong", "weak", "excluding"] = "strong"


class Schutzbedarf(Settings):
    integritaet: Need = "normal"
    vertraulichkeit: Need = "normal"
    verfuegbarkeit: Need = "normal"


class Retention(Settings):
    """How long, and what becomes of it then: A archivwürdig, B bewerten, V vernichten."""

    years: int | None = Field(None, ge=0, le=200)
    permanent: bool = False
    disposal: Literal["A", "B", "V"]

    @model_validator(mode="after")
    def _one_of_both(self) -> Retention:
        if (self.years is None) != self.permanent:
            raise SettingProblem(_("write either “years” with a number or “permanent: true”, and not both"))
        return self


class Filing(Settings):
    """Where documents of a class go.

    `akte`: `collective` is one Akte a year, `case` needs an Aktenzeichen.
    """

    kennzeichen: str
    akte: Literal["collective", "case"]
    vorgang: str = Field(min_length=1, max_length=64)


class DocumentClass(Settings):
    """`classes/<id>.yaml`: how a kind of document is known, what is read from it, where it goes."""

    schema_: Literal[1] = Field(alias="schema")
    id: Identifier
    title: str
    phrases: tuple[Phrase, ...] = Field(min_length=1)
    fields: tuple[Identifier, ...] = ()
    required_fields: tuple[Identifier, ...] = ()
    filing: Filing
    schutzbedarf: Schutzbedarf = Schutzbedarf()
    scanstrategie: Literal["ersetzend", "nicht_ersetzend", "nicht_scannen"] = "ersetzend"
    quality_check: Literal["sample", "full"] = "sample"
    retention: Retention

    @model_validator(mode="after")
    def _fields_exist(self) -> DocumentClass:
        for index, field_id in enumerate(self.fields):
            if field_id not in FIELD_IDS:
                raise SettingProblem(
                    _("there is no field “%(field)s”; allowed are: %(allowed)s")
                    % {"field": field_id, "allowed": ", ".join(FIELD_IDS)},
                    "fields",
                    index,
                )
        for index, field_id in enumerate(self.required_fields):
            if field_id not in self.fields:
                raise SettingProblem(
                    _("“%(field)s” is required but does not stand among “fields”; add it there")
                    % {"field": field_id},
                    "required_fields",
                    index,
                )
        return self


class AktenplanNode(Settings):
    """A row of the Aktenplan. Its parent is the node whose Kennzeichen lacks the last group."""

    kennzeichen: str = Field(pattern=r"^\d{1,2}([. ]\d{1,2})*$")
    bezeichnung: str = Field(min_length=1, max_length=64)
    akten_typ: Literal["Sachakte", "Fallakte", "Sammelakte"] | None = None


class Aktenplan(Settings):
    """`aktenplan/<name>.yaml`: the tree of numbers by which a city files."""

    schema_: Literal[1] = Field(alias="schema")
    name: Identifier
    title: str
    nodes: tuple[AktenplanNode, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_tree(self) -> Aktenplan:
        seen: set[str] = set()
        for index, node in enumerate(self.nodes):
            if node.kennzeichen in seen:
                raise SettingProblem(
                    _("the Kennzeichen %(number)s stands twice; each may stand once")
                    % {"number": node.kennzeichen},
                    "nodes",
                    index,
                    "kennzeichen",
                )
            seen.add(node.kennzeichen)
        for index, node in enumerate(self.nodes):
            parent = parent_kennzeichen(node.kennzeichen)
            if parent is not None and parent not in seen:
                raise SettingProblem(
                    _("%(number)s has no parent in the plan; add an entry for %(parent)s")
                    % {"number": node.kennzeichen, "parent": parent},
                    "nodes",
                    index,
                    "kennzeichen",
                )
        return self

    def node(self, kennzeichen: str) -> AktenplanNode | None:
        return next((node for node in self.nodes if node.kennzeichen == kennzeichen), None)

    def path(self, kennzeichen: str) -> tuple[AktenplanNode, ...]:
        """The nodes from the top down to `kennzeichen`; empty where it is not in the plan."""
        node = self.node(kennzeichen)
        if node is None:
            return ()
        parent = parent_kennzeichen(kennzeichen)
        return (*(self.path(parent) if parent else ()), node)


def parent_kennzeichen(kennzeichen: str) -> str | None:
    """`63.10` → `63`; None at the top."""
    match = re.match(r"^(.*)[. ]\d{1,2}$", kennzeichen)
    return match.group(1) if match else None


class Configuration(BaseModel):
    """Everything one run needs: site, pipeline, its plan and its classes, and a hash of them all."""

    model_config = ConfigDict(frozen=True)

    site: Site
    pipeline: Pipeline
    aktenplan: Aktenplan
    classes: tuple[DocumentClass, ...]
    sha256: str

    def document_class(self, class_id: str) -> DocumentClass | None:
        return next((item for item in self.classes if item.id == class_id), None)
