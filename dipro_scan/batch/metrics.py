"""Numbers for Prometheus, in a file that node_exporter's textfile collector reads.

Names and units follow https://prometheus.io/docs/practices/naming/. Labels hold states and exit codes only:
no file names, no people.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Summary,
    disable_created_metrics,
    write_to_textfile,
)

from dipro_scan.batch.health import Health, HealthState
from dipro_scan.batch.result import RunResult

PAGE_STATES = ("filed", "review", "duplicate", "blank", "separator", "quarantined")


class Metrics:
    """What one watch has done since it was started, and how it stands."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        self._pages = Counter(
            "dipro_scan_pages", "Pages by what became of them.", ["state"], registry=registry
        )
        self._batches = Counter(
            "dipro_scan_batches", "Batches by exit code, as of run.", ["exit"], registry=registry
        )
        self._failures = Counter(
            "dipro_scan_batch_failures", "Attempts at a batch of which nothing came.", registry=registry
        )
        self._seconds = Summary("dipro_scan_batch_seconds", "How long batches took.", registry=registry)
        self._success = Gauge(
            "dipro_scan_last_success_timestamp_seconds",
            "When a batch was last carried to its end, or found nothing to do.",
            registry=registry,
        )
        self._healthy = Gauge(
            "dipro_scan_healthy", "1 while every inbox can be worked on.", registry=registry
        )
        self._waiting = Gauge(
            "dipro_scan_documents_waiting", "Documents that wait for a person.", registry=registry
        )
        self._quarantined = Gauge(
            "dipro_scan_sources_quarantined", "Files that could not be read.", registry=registry
        )
        self._unsettled = Gauge(
            "dipro_scan_files_unsettled",
            "Files that no batch has taken yet, most often because they are still being written.",
            registry=registry,
        )
        self._oldest_unsettled = Gauge(
            "dipro_scan_oldest_unsettled_seconds",
            "For how long the longest-waiting of those files has been known.",
            registry=registry,
        )
        self._free = Gauge(
            "dipro_scan_disk_free_bytes",
            "Free room on the fuller of the drives of records and state.",
            registry=registry,
        )
        for state in PAGE_STATES:
            self._pages.labels(state)

    def batch(self, result: RunResult) -> None:
        """Counts a batch that came to its end."""
        balance = asdict(result.balance)
        for state in PAGE_STATES:
            self._pages.labels(state).inc(balance[state])
        self._batches.labels(str(int(result.exit))).inc()
        self._seconds.observe(result.seconds)

    def failure(self) -> None:
        """Counts an attempt that failed."""
        self._failures.inc()

    def write(self, path: Path, health: Health) -> None:
        """Replaces the file at one stroke. Raises OSError."""
        healthy = health.state is HealthState.OK
        self._healthy.set(int(healthy))
        if healthy:
            self._success.set(health.updated.timestamp())
        unsettled = [item.unsettled for item in health.inboxes]
        self._unsettled.set(sum(item.files for item in unsettled))
        self._oldest_unsettled.set(max((item.oldest_seconds for item in unsettled), default=0.0))
        if health.waiting is not None:
            self._waiting.set(health.waiting.documents)
            self._quarantined.set(health.waiting.quarantined)
            self._free.set(min(health.waiting.disk_free_bytes.values()))
        write_to_textfile(str(path), self._registry)
        # Another user's collector reads it, whatever a service's umask says.
        path.chmod(0o644)
