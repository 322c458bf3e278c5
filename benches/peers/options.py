"""The command line that both peers share, and what a run took."""

import argparse
import json
import resource
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """Where the deliveries are, where the tables go, and what the machine may give."""

    deliveries: Path
    repository: Path
    out: Path
    memory_limit: str | None
    threads: int
    as_of: date

    @classmethod
    def parse(cls, description: str | None) -> "Options":
        """Reads the command line."""
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("deliveries", type=Path, help="folder that open_deliveries.py wrote")
        parser.add_argument("repository", type=Path, help="folder with schemas/ and pipelines/")
        parser.add_argument("out", type=Path, help="folder for the tables")
        parser.add_argument("--memory-limit", help="for example 512MB")
        parser.add_argument("--threads", type=int, default=2)
        parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 2, 28))
        return cls(**vars(parser.parse_args()))

    @property
    def memory_limit_mb(self) -> int:
        """The limit in megabytes; 0 where there is none."""
        number, unit = (self.memory_limit or "0MB")[:-2], (self.memory_limit or "0MB")[-2:]
        return int(number) * {"MB": 1, "GB": 1000}[unit]


def report(peer: str, seconds: float, steps: dict[str, float]) -> str:
    """One line of JSON: what a night took."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounded = {step: round(taken, 3) for step, taken in steps.items()}
    return json.dumps({"peer": peer, "seconds": round(seconds, 3), "peak_rss_kib": peak, "steps": rounded})
