"""Opens the current deliveries of a hub for other programs: open_deliveries.py HUB FOLDER

Writes FOLDER/DATASET/PLACE.DEPARTMENT.PERIOD.SEQUENCE.parquet, and beside them deliveries.csv (what each file is),
canaries.csv (tokens of people who do not exist) and offices.csv (who may deliver what).
"""

import csv
import io
import json
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyrage
import yaml

# What changes who is who or whose rows count; the peers know none of it.
UNKNOWN_TO_PEERS = {"token_bridge", "erasure", "disposition"}

Accepted = dict[str, Any]


def main() -> None:
    """Opens everything and says how much it was."""
    hub, folder = Path(sys.argv[1]), Path(sys.argv[2])
    deliveries = current_deliveries(hub / "store" / "deliveries")
    refuse_what_peers_do_not_know(deliveries)
    identity = read_identity(hub / "vault" / "age.key")
    rows = [open_one(hub, delivery, identity, folder) for delivery in deliveries]
    write_csv(folder / "deliveries.csv", ["dataset", "place", "department", "period", "delivery_id", "file"], rows)
    write_csv(folder / "canaries.csv", ["person_token"], [[token] for token in canaries(deliveries)])
    write_csv(folder / "offices.csv", ["place", "department", "datasets"], offices(hub / "site.yaml"))
    print(f"{len(rows)} deliveries")


def current_deliveries(shelf: Path) -> list[Accepted]:
    """Of each place, department, dataset and period the accepted delivery with the highest sequence."""
    current: dict[tuple[str, ...], Accepted] = {}
    for document in sorted(shelf.glob("*.json")):
        if document.name.endswith(".retired.json") or document.with_suffix(".retired.json").exists():
            continue
        delivery = json.loads(document.read_bytes())
        partition = tuple(of(delivery, name) for name in ("place", "department", "dataset", "period"))
        if partition not in current or of(current[partition], "sequence") < of(delivery, "sequence"):
            current[partition] = delivery
    return [current[partition] for partition in sorted(current)]


def of(delivery: Accepted, name: str) -> Any:
    """One entry of a delivery's manifest."""
    return delivery["manifest"][f"yilian:{name}"]


def refuse_what_peers_do_not_know(deliveries: list[Accepted]) -> None:
    """Ends the program where the peers' tables could not be ours."""
    unknown = {of(delivery, "dataset") for delivery in deliveries} & UNKNOWN_TO_PEERS
    if unknown:
        sys.exit(f"the peers do not know {', '.join(sorted(unknown))}")
    if len({of(delivery, "link_key")["check_value"] for delivery in deliveries}) > 1:
        sys.exit("the peers know one link key alone")


def read_identity(file: Path) -> pyrage.x25519.Identity:
    """The hub's age identity."""
    lines = file.read_text(encoding="ascii").splitlines()
    return pyrage.x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-")))


def open_one(hub: Path, delivery: Accepted, identity: pyrage.x25519.Identity, folder: Path) -> list[str]:
    """Writes the rows of one delivery and gives its line of deliveries.csv."""
    place, department, dataset, period = (of(delivery, name) for name in ("place", "department", "dataset", "period"))
    file = f"{dataset}/{place}.{department}.{period}.{of(delivery, 'sequence')}.parquet"
    delivery_id = delivery["delivery_id"]
    sealed = (hub / "store" / "deliveries" / f"{delivery_id}.tar.age").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed, [identity]))) as archive:
        data = archive.extractfile("data.parquet")
        if data is None:
            sys.exit(f"delivery {delivery_id} has no data.parquet")
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(data.read())
    return [dataset, place, department, period, delivery_id, file]


def canaries(deliveries: list[Accepted]) -> list[str]:
    """Every token that a manifest names as one of nobody."""
    return sorted({token for delivery in deliveries for token in of(delivery, "canaries").values()})


def offices(site: Path) -> Iterable[list[str]]:
    """Who may deliver, and what: `all` or names of datasets."""
    for sender in yaml.safe_load(site.read_bytes())["senders"]:
        datasets = sender["datasets"]
        yield [sender["place"], sender["department"], datasets if isinstance(datasets, str) else " ".join(datasets)]


def write_csv(file: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    """Writes a table of texts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
