"""Makes the sample scans beside it, and `expected.json`, which tells the truth about them.

    pip install '.[samples]' && python samples/make_samples.py

Everything on them is invented. Users run the committed files; this program is needed only to change them.
The same versions of its libraries give the same files.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from municipal_paper.collection import Leaf, ScanPlan, balance_of, make_scan, write_truth

SAMPLES = Path(__file__).parent

PLANS = (
    ScanPlan("rechnung", (Leaf("rechnung", 11, "blue"),), quality=78),
    ScanPlan("rechnung-zweiseitig", (Leaf("rechnung-2", 12),), writer="pdf", colour="gray", quality=70),
    ScanPlan("rechnung-kopie", (Leaf("rechnung-3", 13),), profile="copied", colour="gray", quality=70),
    ScanPlan("mahnung-fax", (Leaf("mahnung", 14),), profile="fax", writer="fax", colour="bitonal", dpi=150),
    ScanPlan(
        "hundesteuer", (Leaf("hundesteuerbescheid", 15),), writer="tiff_g4", colour="bitonal", duplex=True
    ),
    ScanPlan(
        "grundsteuer", (Leaf("grundsteuerbescheid", 16),), writer="pdf", colour="gray", quality=70, dpi=200
    ),
    ScanPlan(
        "gewerbesteuer", (Leaf("gewerbesteuerbescheid", 17),), profile="clean", colour="gray", quality=75
    ),
    ScanPlan(
        "stapel-buergerbuero",
        (
            Leaf("meldebescheinigung", 18, "red"),
            Leaf("ausweisantrag", 19, None, (180, 0)),
            Leaf("fuehrungszeugnis", 20, "violet"),
            Leaf("sepa_mandat", 21),
        ),
        writer="pdf",
        dpi=200,
        quality=72,
        duplex=True,
        separators=True,
    ),
    ScanPlan("kfz-abmeldung", (Leaf("kfz_zulassung", 22, "blue"),), profile="worn", dpi=200, quality=78),
    ScanPlan("bewerbung", (Leaf("bewerbung", 23),), writer="pdf", dpi=200, quality=75),
    ScanPlan("vollmacht", (Leaf("vollmacht", 24, "red"),), profile="worn", quality=72, dpi=200),
    ScanPlan(
        "niederschrift", (Leaf("niederschrift", 25),), profile="clean", writer="tiff_g4", colour="bitonal"
    ),
    ScanPlan("ratsvorlage", (Leaf("ratsvorlage", 26),), profile="noisy", colour="gray", dpi=200, quality=75),
    ScanPlan("anliegen", (Leaf("allgemeines_schreiben", 27, "blue"),), writer="pdf", dpi=200, quality=78),
    ScanPlan("geburtsurkunde", (Leaf("geburtsurkunde", 28),), dpi=300, quality=78),
    ScanPlan(
        "widerspruch", (Leaf("widerspruch", 29, "red"),), profile="worn", writer="pdf", dpi=200, quality=78
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="*", metavar="NAME", help="look at these; expected.json is left alone"
    )
    parser.add_argument("--out", type=Path, default=SAMPLES)
    arguments = parser.parse_args()
    plans = [plan for plan in PLANS if not arguments.only or plan.name in arguments.only]
    sources = [make_scan(plan, "samples", arguments.out) for plan in plans]
    if arguments.only:
        return
    truth = {
        "schema": 2,
        "pipeline": "posteingang",
        "exit": 3,
        "pages": balance_of(sources),
        "sources": sorted(sources, key=lambda source: str(source["source"])),
    }
    write_truth(truth, arguments.out / "expected.json")


if __name__ == "__main__":
    main()
