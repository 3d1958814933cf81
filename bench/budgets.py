"""Compares the size of the project with its budgets (``bench/budgets.toml``), which may only fall."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE = ROOT / "bench" / "budgets.toml"
PRODUCT = ("bot", "channels", "store")
PARTS = (*PRODUCT, "tests", "bench", "docs", "README.md", "CHANGELOG.md")
Budgets = dict[str, dict[str, int]]


def measured() -> Budgets:
    """Return the lines and modules of each part, and the lines of each package of the product."""
    files = [
        file.relative_to(ROOT)
        for part in PARTS
        for file in sorted([ROOT / part] if (ROOT / part).is_file() else (ROOT / part).rglob("*.*"))
    ]
    lines = {file: (ROOT / file).read_bytes().count(b"\n") for file in files if file.suffix == ".py"}
    product = {file: count for file, count in lines.items() if file.parts[0] in PRODUCT}
    packages = Counter[str]()
    for file, count in product.items():
        packages["/".join(file.parts[:2]) if len(file.parts) > 2 else file.parts[0]] += count
    of = {
        part: sum(count for file, count in lines.items() if file.parts[0] == part)
        for part in ("tests", "bench")
    }
    texts = [file for file in files if file.suffix == ".md" and file.parts[0] not in ("tests", "bench")]
    words = sum(len((ROOT / file).read_text().split()) for file in texts)
    total = {"product": sum(product.values()), **of, "modules": len(product), "words of docs": words}
    return {"lines": total, "packages": dict(sorted(packages.items()))}


def exceeded(budgets: Budgets, actual: Budgets) -> list[str]:
    """Return a sentence for each number above its budget, and for each that has no budget."""
    return [
        f"{part}: {name} is {count}, and its budget is {budgets.get(part, {}).get(name, 0)}"
        for part, numbers in actual.items()
        for name, count in numbers.items()
        if count > budgets.get(part, {}).get(name, 0)
    ]


def read() -> Budgets:
    """Return the budgets."""
    return tomllib.loads(FILE.read_text())


def lowered(budgets: Budgets, actual: Budgets) -> str:
    """Return the text of a file in which each budget is at most what was measured."""
    text = "# Upper limits, which may only fall: `python -m bench.budgets --walk --lower` writes this file.\n"
    for part, limits in budgets.items():
        numbers = actual.get(part, limits)
        least = {name: min(limit, numbers[name]) for name, limit in limits.items() if name in numbers}
        text += f"\n[{json.dumps(part)}]\n"
        text += "".join(f"{json.dumps(name)} = {count}\n" for name, count in least.items())
    return text


def main() -> int:
    """``python -m bench.budgets [--walk] [--lower]``; exit code 1 if a number is above its budget."""
    options = _options()
    budgets, actual = read(), measured()
    if options.walk:
        from bench.walk.__main__ import walk

        with tempfile.TemporaryDirectory(prefix="casebot-walk-") as folder:
            actual |= {name: each.figures() for name, each in walk(Path(folder)).items()}
    for part, numbers in actual.items():
        for name, count in numbers.items():
            print(f"{part:<14} {name:<26} {count:>7} of {budgets.get(part, {}).get(name, 0):>7}")
    above = exceeded(budgets, actual)
    print("\n".join(above))
    if options.lower and not above:
        FILE.write_text(lowered(budgets, actual))
    return int(bool(above))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.budgets", description=__doc__)
    parser.add_argument(
        "--walk", action="store_true", help="follow a mail and a reply, too (Python 3.12 or later)"
    )
    parser.add_argument("--lower", action="store_true", help="lower the budgets to what was measured")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
