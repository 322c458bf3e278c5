#!/usr/bin/env python3
"""Times nights after the first one: `benches/nights.py --people 1000000`.

The core night (benches/README.md) over twelve months; then a night with a new month of a dataset about everybody, one with a
corrected delivery that changes one person in a hundred of a month, and one with nothing new. Each is made a second time in a
copy of the hub that has nothing of earlier nights to go by; both must publish the same bytes.
"""

import argparse
import filecmp
import json
import os
import shutil
import sys
from pathlib import Path

import core
import night
from night import Measured

# Every night publishes the pensions of this month anew.
DATASET, PERIOD = "pension_payment", "2025-12"


def main() -> int:
    options = arguments()
    options.peers = []
    folder = options.folder / str(options.people)
    programs = night.build(options)
    origin = night.invented(options.people, folder, programs)
    pipeline = core.write(night.REPOSITORY, folder / "definition")
    hub, other = folder / "nights" / "hub", folder / "nights" / "everything"
    copy(origin, hub)
    night.forget_nights(hub)
    measured: dict[str, Measured] = {}

    def make(name: str, at: Path) -> float:
        command = [programs / "yilian", "run", pipeline, "--site", at, "--as-of", night.AS_OF, "--threads", options.threads,
                   "--memory-limit", options.memory_limit]
        night.run(name, command, {name: measured.setdefault(name, Measured())})
        return measured[name].seconds[-1]

    whole = make("first night, twelve months", hub)
    night.forget_nights(hub)
    later = keep_back(hub)
    make("first night, eleven months", hub)
    give_back(hub, later)
    nights = {"a new month": None, "a correction": folder / "later", "nothing new": None}
    differing = []
    for name, deliveries in nights.items():
        for delivery in deliveries.iterdir() if deliveries else []:
            shutil.copy(delivery, hub / "inbox")
        copy(hub, other)
        shutil.rmtree(other / "vault" / "kept", ignore_errors=True)
        make(name, hub)
        make(f"{name}, everything computed", other)
        differing += [f"{name}: {path}" for path in differences(hub / "store", other / "store")]
    print(f"{options.people:,} people, {options.threads} threads; share of the first night over twelve months")
    for name, taken in measured.items():
        print(f"{name:<40} {taken.seconds[0]:8.1f} s {taken.megabytes[0]:8.0f} MB {taken.seconds[0] / whole:7.1%}")
    for path in differing:
        print(f"other bytes: {path}", file=sys.stderr)
    shutil.rmtree(folder / "nights")
    return 1 if differing else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--threads", default="2")
    parser.add_argument("--memory-limit", default="1GB", help="what the queries may hold")
    parser.add_argument("--folder", type=Path, default=night.REPOSITORY / "target" / "benches")
    return parser.parse_args()


def copy(hub: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(hub, to)
    # A night makes sure of its own files; it must not wait for those copied here.
    os.sync()


def keep_back(hub: Path) -> list[tuple[Path, bytes]]:
    """Takes a month's delivery out of the hub, as if it were still to come."""
    deliveries = hub / "store" / "deliveries"
    for document in deliveries.glob("*.json"):
        manifest = json.loads(document.read_text())["manifest"]
        if f"{DATASET}.{PERIOD}" in manifest["name"]:
            files = list(deliveries.glob(f"{document.stem}.*"))
            found = [(file, file.read_bytes()) for file in files]
            for file in files:
                file.unlink()
            return found
    sys.exit(f"the hub has no delivery of {DATASET} {PERIOD}")


def give_back(hub: Path, files: list[tuple[Path, bytes]]) -> None:
    for file, content in files:
        file.write_bytes(content)


def differences(one: Path, other: Path) -> list[str]:
    """Files of runs and publications that are not the same."""
    files = {path.relative_to(store) for store in [one, other] for part in ["runs", "publications"]
             for path in (store / part).rglob("*") if path.is_file()}
    return sorted(str(path) for path in files if not is_same(one / path, other / path))


def is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and filecmp.cmp(one, other, shallow=False)


if __name__ == "__main__":
    sys.exit(main())
