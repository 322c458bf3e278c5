"""The core night in Polars: polars_night.py DELIVERIES_FOLDER REPOSITORY OUT_FOLDER"""

import json
import os
import time

import reference
from night import Options, peak_rss_kib


def main() -> None:
    """Runs the steps in their order and prints what they took."""
    options = Options.parse(__doc__)
    began = time.perf_counter()
    # Polars reads the number of its threads once, when it is imported.
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    import polars

    from polars_steps import benefit, overlap, people, person, rows, statistics

    (options.out / "reference").mkdir(parents=True, exist_ok=True)
    reference.export(options.deliveries, options.repository, options.out / "reference", options.as_of)
    tables: dict[str, polars.DataFrame] = {}
    steps = {}
    for step in (people, rows, person, benefit, overlap, statistics):
        started = time.perf_counter()
        step.run(options, tables)
        steps[step.__name__.rpartition(".")[2]] = round(time.perf_counter() - started, 3)
    seconds = round(time.perf_counter() - began, 3)
    print(json.dumps({"peer": f"polars {polars.__version__}", "seconds": seconds, "peak_rss_kib": peak_rss_kib(), "steps": steps}))


if __name__ == "__main__":
    main()
