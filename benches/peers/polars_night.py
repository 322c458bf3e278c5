"""The core night in Polars: polars_night.py DELIVERIES_FOLDER REPOSITORY OUT_FOLDER"""

import os
import time

import reference
from options import Options, report


def main() -> None:
    """Runs the steps in their order and prints what they took."""
    options = Options.parse(__doc__)
    began = time.perf_counter()
    # Polars reads its settings once, when it is imported.
    os.environ.update(settings(options))
    import polars

    from polars_steps import benefit, overlap, people, person, rows, statistics

    (options.out / "reference").mkdir(parents=True, exist_ok=True)
    reference.export(options.deliveries, options.repository, options.out / "reference", options.as_of)
    tables: dict[str, polars.DataFrame] = {}
    steps = {}
    for step in (people, rows, person, benefit, overlap, statistics):
        started = time.perf_counter()
        step.run(options, tables)
        steps[step.__name__.rpartition(".")[2]] = time.perf_counter() - started
    print(report(f"polars {polars.__version__}", time.perf_counter() - began, steps))


def settings(options: Options) -> dict[str, str]:
    """Threads, and from how much memory on the streaming engine spills, as far as it can."""
    settings = {"POLARS_MAX_THREADS": str(options.threads)}
    if options.memory_limit:
        settings["POLARS_OOC_MEMORY_BUDGET_MB"] = str(options.memory_limit_mb)
        settings["POLARS_OOC_SPILL_DIR"] = str(options.out / "spill")
    return settings


if __name__ == "__main__":
    main()
