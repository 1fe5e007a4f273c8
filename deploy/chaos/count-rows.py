#!/usr/bin/env python3
"""Counts what kill-rounds.sh lost or doubled.

count-rows.py COPIES TOTALS KEYS ROWS reads the files that the job wrote. COPIES has a number in
each line; those from 1 to ROWS have to be there once. TOTALS has changes of (k, rows_seen, total)
as debezium-json. Exit code 1 if not all is right.
"""

import collections
import json
import os
import sys


def lines(folder):
    """The lines of all files that are visible, which hidden ones are not."""
    for name in sorted(os.listdir(folder)):
        if name.startswith((".", "_")):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for line in file:
                yield line.rstrip("\n")


def main():
    copies, totals = sys.argv[1:3]
    keys, rows = int(sys.argv[3]), int(sys.argv[4])
    times = collections.Counter(int(line) for line in lines(copies))
    doubled = sum(count - 1 for count in times.values())

    missing = [number for number in range(1, rows + 1) if number not in times]
    invented = [number for number in times if not 1 <= number <= rows]

    wanted = collections.defaultdict(lambda: [0, 0])
    for number in range(1, rows + 1):
        wanted[number % keys][0] += 1
        wanted[number % keys][1] += number

    # A changelog: what is left after all additions and removals is the table.
    table = collections.Counter()
    changes = 0
    for line in lines(totals):
        event = json.loads(line)
        changes += 1
        for field, sign in (("before", -1), ("after", 1)):
            row = event.get(field)
            if row is not None:
                table[(row["k"], row["rows_seen"], row["total"])] += sign
    for key, (count, total) in wanted.items():
        table[(key, count, total)] -= 1
    wrong = {row: count for row, count in table.items() if count != 0}

    print(f"rows          {len(times)}, and {changes} changes of {len(wanted)} totals")
    print(f"lost          {len(missing)}")
    print(f"doubled       {doubled}")
    print(f"wrong totals  {len(wrong)}")
    for text, examples in (
        ("invented", sorted(invented)),
        ("lost", sorted(missing)),
        ("doubled", sorted(n for n, count in times.items() if count > 1)),
        ("wrong totals (row: times too often)", sorted(wrong.items())),
    ):
        if examples:
            print(f"first {text}: {examples[:10]}")
    healthy = not missing and not doubled and not invented and not wrong
    return 0 if healthy else 1


sys.exit(main())
