"""Pages in, readings out: in order, in parallel, from the cache where it knows them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from dipro_scan.batch import page as page_floor
from dipro_scan.batch.attempts import Flight
from dipro_scan.batch.cache import ReadingCache, reading_key
from dipro_scan.batch.events import tell_failure
from dipro_scan.batch.image_files import write_image
from dipro_scan.batch.page import PageResult, PageSettings
from dipro_scan.batch.software import library_versions
from dipro_scan.model import (
    BlankVerdict,
    Colour,
    DiproScanError,
    EngineIdentity,
    EnvironmentLacking,
    Executor,
    PageFailed,
    PageGeometry,
    PageInput,
    PageReading,
    PageRef,
    QuarantineReason,
    ReadPage,
    Resolution,
    Source,
    SourceOutline,
    SourceRefused,
    TaskTimeout,
    WorkerDied,
)
from dipro_scan.ocr.calibration import shipped_sha256
from dipro_scan.ocr.letter_triples import words_sha256
from dipro_scan.pdf import notice_page
from dipro_scan.translation import _

_NOTICE_DPI = 150.0

Item = TypeVar("Item")
Submitted = TypeVar("Submitted")


@dataclass(frozen=True, slots=True)
class WantedPage:
    """A page that is to be read: what the worker gets, and how people know it."""

    ref: PageRef
    input: PageInput


def wanted_pages(source: Source, outline: SourceOutline) -> Iterator[WantedPage]:
    """Every page of a source, in order."""
    for number in range(1, outline.pages + 1):
        yield WantedPage(
            PageRef(source.sha256, source.name, number),
            PageInput(source.kept, source.sha256, outline.media_type, number),
        )


class PageReader:
    """Reads pages through workers and cache. `made` and `cached` count readings, for the summary."""

    def __init__(
        self,
        executor: Callable[[], Executor],
        jobs: int,
        cache: ReadingCache,
        settings: PageSettings,
        flight: Flight | None = None,
    ) -> None:
        self._flight = flight or Flight()
        self._executor = executor
        self._jobs = jobs
        self._window = 2 * jobs
        self._cache = cache
        self._settings = settings
        self._identities: Future[tuple[EngineIdentity, ...]] | None = None
        self._same_facts: dict[str, Any] | None = None
        self.made = 0
        self.cached = 0

    def make_ready(self, sources: int) -> None:
        """Starts a worker for each of so many sources, and one more for the pages of the first.

        So libraries and language data are loaded by all of them at once, before they are waited for.
        """
        self._identities = self._submit_identifying()
        for _number in range(min(self._jobs, sources + 1) - 1):
            self._submit_identifying()

    def outlines(self, sources: Iterable[Source]) -> Iterator[tuple[Source, SourceOutline | SourceRefused]]:
        """Each source with its outline, or why it is refused; in order."""

        def submit(source: Source) -> Future[SourceOutline]:
            return self._executor().submit(
                page_floor.outline_source,
                str(source.kept),
                self._settings.intake,
                timeout_seconds=self._settings.intake.open_seconds,
            )

        for source, future in self._in_order(sources, submit, lambda source: source.sha256):
            try:
                yield source, future.result()
            except SourceRefused as refused:
                yield source, refused
            except TaskTimeout:
                yield source, SourceRefused(QuarantineReason.TIMEOUT, _timeout_sentence(source.name))
            except DiproScanError:
                raise
            except Exception as error:
                tell_failure("opening_failed", error, {"source": source.sha256})
                yield source, SourceRefused(QuarantineReason.DAMAGED, _crash_sentence(source.name))

    def read(self, wanted: Iterable[WantedPage]) -> Iterator[ReadPage]:
        """The pages with their readings, in the order asked for.

        A page whose work fails comes with `reading.failed` set and the source's own image, or with a sheet
        that says why there is none.
        """
        keyed = ((page, self._key(page.input)) for page in wanted)
        in_order = self._in_order(keyed, self._submit_reading, lambda item: item[0].ref.source_sha256)
        for (page, key), future in in_order:
            if future is None:
                reading = self._cache.reading(key)
                if reading is not None:
                    self.cached += 1
                    yield ReadPage(page.ref, reading, self._cache.stream_path(key), page.input.hints)
                    continue
                future = self._submit_page(page.input)
            yield self._received(page, key, future)

    def ensure_images(self, page: ReadPage, page_input: PageInput) -> None:
        """Makes the page's encoded images again where the cache has dropped them."""
        wanted = page.reading.smaller is not None and page.reading.smaller.is_there
        if page.stream.is_file() and (page.smaller.is_file() or not wanted):
            return
        try:
            if not wanted:
                write_image(page.stream, self._keep(page_input, page.reading.failed or "").stream)
                return
            stream, smaller = self._taken_out(page_floor.stored_images, page_input, self._settings)
        except PageFailed as error:
            write_image(page.stream, notice_page(_notice(page.ref, str(error)))[0])
            return
        write_image(page.stream, stream)
        if smaller is not None:
            write_image(page.smaller, smaller)

    def _submit_reading(self, item: tuple[WantedPage, str]) -> Future[PageResult] | None:
        page, key = item
        if self._cache.reading_path(key).is_file():
            return None
        return self._submit_page(page.input)

    def _submit_page(self, page_input: PageInput) -> Future[PageResult]:
        return self._executor().submit(
            page_floor.read_page,
            page_input,
            self._settings,
            timeout_seconds=self._settings.reading.page_seconds,
        )

    def _received(self, page: WantedPage, key: str, future: Future[PageResult]) -> ReadPage:
        try:
            result = future.result()
        except PageFailed as error:
            tell_failure("page_failed", error, _where(page.ref))
            return self._kept_unread(page, key, "error")
        except TaskTimeout:
            return self._kept_unread(page, key, "timeout")
        except WorkerDied:
            return self._kept_unread(page, key, "worker_died")
        except DiproScanError:
            raise
        except Exception as error:
            tell_failure("page_failed", error, _where(page.ref))
            return self._kept_unread(page, key, "error")
        self.made += 1
        self._cache.put(key, result.reading, result.stream, result.smaller)
        return ReadPage(page.ref, result.reading, self._cache.stream_path(key), page.input.hints)

    def _kept_unread(self, page: WantedPage, key: str, why: str) -> ReadPage:
        try:
            result = self._keep(page.input, why)
        except PageFailed as error:
            return self._noticed(page, key, str(error))
        write_image(self._cache.stream_path(key), result.stream)
        return ReadPage(page.ref, result.reading, self._cache.stream_path(key), page.input.hints)

    def _keep(self, page_input: PageInput, why: str) -> PageResult:
        return self._taken_out(page_floor.keep_page, page_input, self._settings, why)

    def _taken_out(self, work: Callable[..., Submitted], page_input: PageInput, *rest: Any) -> Submitted:
        """What a worker takes out of the page's file. Raises PageFailed where it cannot."""
        seconds = self._settings.intake.open_seconds
        future = self._executor().submit(work, page_input, *rest, timeout_seconds=seconds)
        try:
            return future.result()
        except DiproScanError:
            raise
        except Exception as error:
            where: dict[str, str | int] = {"source": page_input.source_sha256, "page": page_input.source_page}
            tell_failure("page_lost", error, where)
            raise PageFailed(
                _("The image of page %(page)d could not be taken out of its file.")
                % {"page": page_input.source_page}
            ) from error

    def _noticed(self, page: WantedPage, key: str, why: str) -> ReadPage:
        """A sheet in place of a page that has no image to show; the source stays with the originals."""
        stream, text = notice_page(_notice(page.ref, why))
        write_image(self._cache.stream_path(key), stream)
        reading = PageReading(
            content_sha256=reading_key({"failed": page.ref.source_sha256, "page": page.ref.source_page}),
            geometry=PageGeometry(
                stream.width_px / _NOTICE_DPI * 25.4, stream.height_px / _NOTICE_DPI * 25.4
            ),
            resolution=Resolution(_NOTICE_DPI, _NOTICE_DPI),
            resolution_origin="assumed",
            colour=Colour.BITONAL,
            rotation_confidence=0.0,
            blank=BlankVerdict.NOT_BLANK,
            text=text,
            engine=None,
            failed="no_image",
        )
        return ReadPage(page.ref, reading, self._cache.stream_path(key), page.input.hints)

    def _key(self, page_input: PageInput) -> str:
        if self._same_facts is None:
            self._same_facts = {
                "settings": page_floor.settings_facts(self._settings),
                "libraries": library_versions(),
                "engines": [asdict(engine) for engine in self._identify()],
                "calibration": shipped_sha256(),
                "words": words_sha256(),
            }
        return reading_key(
            {
                "source": page_input.source_sha256,
                "page": page_input.source_page,
                "hints": asdict(page_input.hints),
                **self._same_facts,
            }
        )

    def _identify(self) -> tuple[EngineIdentity, ...]:
        if self._identities is None:
            self._identities = self._submit_identifying()
        try:
            return self._identities.result()
        except (WorkerDied, TaskTimeout) as error:
            raise EnvironmentLacking(
                _("The engine that reads cannot be started; “dipro-scan doctor” says what it lacks.")
            ) from error

    def _submit_identifying(self) -> Future[tuple[EngineIdentity, ...]]:
        return self._executor().submit(
            page_floor.identify_engines, self._settings.reading, timeout_seconds=120.0
        )

    def _in_order(
        self, items: Iterable[Item], submit: Callable[[Item], Submitted], source_of: Callable[[Item], str]
    ) -> Iterator[tuple[Item, Submitted]]:
        """Keeps a window of submitted work ahead of the one that is waited for; memory stays flat.

        Sources that are to be alone come when all before them are done, and hold up those after them.
        """
        waiting: deque[tuple[Item, Submitted]] = deque()

        def landed() -> Iterator[tuple[Item, Submitted]]:
            yield waiting[0]
            self._flight.end(source_of(waiting.popleft()[0]))

        for item in items:
            while waiting and self._flight.parts(source_of(waiting[-1][0]), source_of(item)):
                yield from landed()
            self._flight.begin(source_of(item))
            waiting.append((item, submit(item)))
            if len(waiting) > self._window:
                yield from landed()
        while waiting:
            yield from landed()


def _notice(ref: PageRef, why: str) -> list[str]:
    """What the sheet says that stands for a page without an image."""
    return [
        _("This sheet stands for page %(page)d of %(source)s, whose image could not be read.")
        % {"page": ref.source_page, "source": ref.source},
        why,
        _("The file as it came is kept with the originals: SHA-256 %(sha256)s.")
        % {"sha256": ref.source_sha256},
    ]


def _timeout_sentence(name: str) -> str:
    return _(
        "%(name)s could not be opened in the time allowed; open it with another program and save it anew."
    ) % {"name": name}


def _crash_sentence(name: str) -> str:
    return _("%(name)s broke the program that opened it; open it with another program and save it anew.") % {
        "name": name
    }


def _where(ref: PageRef) -> dict[str, str | int]:
    """A page for the log: no name of a file, because it may be that of a person."""
    return {"source": ref.source_sha256, "page": ref.source_page}
