from __future__ import annotations

from dipro_scan.cli import main

if __name__ == "__main__":
    main()
