"""Writes `raw/` and `expected.json` from the stories. `python3 make.py`; the same bytes every time."""

import json
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True

# The stories are told when their files are read.
import stories_money
import stories_places
import stories_people
import stories_allowed
import guilty
import ordinary
from telling import files, stories

HERE = Path(__file__).parent


def main():
    ordinary.tell()
    shutil.rmtree(HERE / "raw", ignore_errors=True)
    files.write(HERE / "raw")
    expected = {"stories": stories, "period": "2025", "place": "150104", "as_of": "2026-02-28",
                "missing": [{"dataset": "benefit_payment", "period": "2025-09"}]}
    lines = ",\n".join(json.dumps(story, ensure_ascii=False, indent=1) for story in expected.pop("stories"))
    rest = json.dumps(expected, ensure_ascii=False)[1:]
    (HERE / "expected.json").write_text('{"stories": [\n' + lines + "\n],\n" + rest + "\n", encoding="utf-8")


main()
