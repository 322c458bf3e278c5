"""Lets datacontract-cli read every contract below a folder, and a broken one, which it must refuse."""

import sys
from pathlib import Path

from datacontract.data_contract import DataContract
from datacontract.model.run import ResultEnum


def main(schemas: Path) -> int:
    contracts = sorted(schemas.glob("**/*.odcs.yaml"))
    if not contracts:
        print(f"no contract below {schemas}")
        return 1
    faults = [f"{contract}: {reason}" for contract in contracts for reason in reasons(contract.read_text("utf-8"))]
    broken = contracts[0].read_text("utf-8").replace("kind: DataContract", "kind: Nothing").replace("schema:", "schemas:")
    if not reasons(broken):
        faults.append("a broken contract passes, so that the check says nothing")
    for fault in faults:
        print(fault)
    print(f"contracts: {len(contracts)} read, {len(faults)} faults")
    return 1 if faults else 0


def reasons(text: str) -> list[str]:
    run = DataContract(data_contract_str=text).lint()
    if run.result == ResultEnum.passed:
        return []
    return [str(check.reason) for check in run.checks if check.result != ResultEnum.passed] or [str(run.result)]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
