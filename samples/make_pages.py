"""Makes single pages with truth, for measuring how well and how fast pages are read.

    python samples/make_pages.py --set report --seed 7 --per-group 4 --out DIR

Writes images and `truth.json` into DIR: the text of each page, its group, and how it lies. `--lay turned`
makes pages that lie by quarter turns, `--lay skewed` such that lie askew by 2 to 10 degrees.
What is tuned on (`--set tuning`) and what is reported on (`--set report`) share neither templates nor seeds.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from municipal_paper.collection import write_truth
from municipal_paper.pages import GROUPS, Lay, make_pages


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", dest="set_name", choices=("tuning", "report"), required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--per-group", type=int, default=4)
    parser.add_argument("--groups", nargs="+", choices=tuple(GROUPS), default=tuple(GROUPS))
    parser.add_argument("--lay", choices=get_args(Lay), default="level")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    pages = [
        page
        for group in arguments.groups
        for page in make_pages(
            group, arguments.set_name, arguments.seed, arguments.per_group, arguments.out, arguments.lay
        )
    ]
    truth = {
        "schema": 1,
        "set": arguments.set_name,
        "seed": arguments.seed,
        "lay": arguments.lay,
        "pages": pages,
    }
    write_truth(truth, arguments.out / "truth.json")
    print(f"{len(pages)} pages in {arguments.out}")


if __name__ == "__main__":
    main()
