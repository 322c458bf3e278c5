#!/usr/bin/env python3
"""Times the core night beside the same night in DuckDB and in Polars: `benches/night.py --people 1000000`.

Each program starts from the same accepted deliveries and ends with the same tables, which are compared before any time is
shown. Runs alternate; shown are medians of whole processes and the ratio to the better peer.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import core

REPOSITORY = Path(__file__).resolve().parent.parent
AS_OF = "2026-02-28"
# What a night leaves in a hub; without it the next night is a first one.
LEFT_BY_NIGHTS = ["vault/staged", "vault/kept", "vault/unnumbered", "vault/erased", "vault/spine", "vault/household_spine", "vault/name_spine",
                  "store/runs", "store/publications", "store/outbox", "store/told"]
# What ours says of a step, and of the rows that it staged.
STEP = re.compile(r"^([a-z ]+): .*\(([\d.]+) s\)$", re.MULTILINE)
ROWS = re.compile(r"^ +rows: (\d+)$", re.MULTILINE)


@dataclass
class Measured:
    """What one program took, run by run."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=dict)
    rows: int = 0

    def line(self, name: str, better: "Measured | None") -> str:
        seconds, megabytes = statistics.median(self.seconds), max(self.megabytes)
        spread = f"{min(self.seconds):.1f} - {max(self.seconds):.1f}"
        ratios = ""
        if better:
            ratios = f"{seconds / statistics.median(better.seconds):7.2f} {megabytes / max(better.megabytes):7.2f}"
        return f"{name:<24} {seconds:8.1f} s {spread:>16} {megabytes:8.0f} MB {ratios}"

    def note_steps(self, output: str) -> None:
        """Takes down what a night of ours says of its steps."""
        for step, seconds in STEP.findall(output):
            self.steps.setdefault(step, []).append(float(seconds))
        if rows := ROWS.search(output):
            self.rows = int(rows[1])

    def lines_of_steps(self) -> list[str]:
        """The median of each step of a second or more, with how many of the night's rows go through it in a second."""
        medians = {step: statistics.median(seconds) for step, seconds in self.steps.items()}
        return [f"  {step:<30} {seconds:8.1f} s {self.rows / seconds / 1e6:8.1f} million rows a second"
                for step, seconds in medians.items() if seconds >= 1]


def main() -> int:
    options = arguments()
    folder = options.folder / str(options.people)
    programs = build(options)
    hub = invented(options.people, folder, programs)
    pipeline = core.write(REPOSITORY, folder / "definition")
    night = [programs / "yilian", "run", pipeline, "--site", hub, "--as-of", AS_OF, "--threads", options.threads,
             "--memory-limit", options.memory_limit]
    peers = {name: peer(name, folder, options) for name in options.peers}
    measured = {name: Measured() for name in ["yilian", *peers]}
    for number in range(options.rounds):
        forget_nights(hub)
        run("yilian", night, measured)
        for name, command in peers.items():
            shutil.rmtree(folder / name, ignore_errors=True)
            run(name, command, measured)
        if number == 0 and not all(is_equal(name, hub, folder / name, options) for name in peers):
            print("the tables differ, so the times mean nothing", file=sys.stderr)
            return 1
    show(options, measured)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", default=str(os.cpu_count()))
    parser.add_argument("--memory-limit", default="1GB", help="what the queries of ours may hold")
    parser.add_argument("--peers", nargs="*", default=["duckdb", "polars"])
    parser.add_argument("--peer-memory-limit", help="as a peer writes it; its own default if not given")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "target" / "benches")
    return parser.parse_args()


def build(options: argparse.Namespace) -> Path:
    """The programs, built for release, and the peers' Python environment."""
    command = ["cargo", "build", "--release", "--locked", "--workspace", "--bins", "--example", "invent"]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    if options.peers and not python_of(options).exists():
        subprocess.run([sys.executable, "-m", "venv", options.folder / "environment"], check=True)
        wanted = REPOSITORY / "benches" / "peers" / "requirements.txt"
        subprocess.run([python_of(options), "-m", "pip", "install", "--quiet", "--requirement", wanted], check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    return target / "release"


def python_of(options: argparse.Namespace) -> Path:
    return options.folder / "environment" / "bin" / "python"


def invented(people: int, folder: Path, programs: Path) -> Path:
    """A hub with the year's deliveries, made once."""
    hub = folder / "offices" / "hub"
    done = folder / "invented"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([programs / "examples" / "invent", str(people), folder], check=True)
        done.touch()
    return hub


def peer(name: str, folder: Path, options: argparse.Namespace) -> list:
    script = REPOSITORY / "benches" / "peers" / f"{name}_night.py"
    command = [python_of(options), script, folder / "plain", REPOSITORY, folder / name, "--threads", options.threads]
    return command + (["--memory-limit", options.peer_memory_limit] if options.peer_memory_limit else [])


def forget_nights(hub: Path) -> None:
    for left in LEFT_BY_NIGHTS:
        shutil.rmtree(hub / left, ignore_errors=True)


def run(name: str, command: list, measured: dict[str, Measured]) -> None:
    """Runs a program to its end; its time is that of the whole process, its memory the largest resident set."""
    begun = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    if status != 0:
        sys.exit(f"{name} failed:\n{output}")
    measured[name].seconds.append(seconds)
    measured[name].megabytes.append(usage.ru_maxrss / 1024)
    measured[name].note_steps(output)
    print(f"{name}: {seconds:.1f} s, {usage.ru_maxrss / 1024:.0f} MB", file=sys.stderr)


def is_equal(name: str, hub: Path, tables: Path, options: argparse.Namespace) -> bool:
    compare = REPOSITORY / "benches" / "peers" / "compare.py"
    print(f"comparing the tables of {name}", file=sys.stderr)
    return subprocess.run([python_of(options), compare, hub, tables]).returncode == 0


def show(options: argparse.Namespace, measured: dict[str, Measured]) -> None:
    peers = [taken for name, taken in measured.items() if name != "yilian"]
    fastest = min(peers, key=lambda taken: statistics.median(taken.seconds), default=None)
    leanest = min(peers, key=lambda taken: max(taken.megabytes), default=None)
    better = Measured(fastest.seconds, leanest.megabytes) if fastest and leanest else None
    print(f"{options.people:,} people, {options.rounds} rounds, {options.threads} threads")
    for name, taken in measured.items():
        print(taken.line(name, better))
        for line in taken.lines_of_steps():
            print(line)


if __name__ == "__main__":
    sys.exit(main())
