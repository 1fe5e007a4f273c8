"""Notes what a job does from outside, and answers questions about it.

    watch.py record FOLDER JOBMANAGER JOB    until it is killed
    watch.py pause FOLDER FROM TO            figures of the rows between two times
    watch.py outage FOLDER FROM TO           the longest time without rows, and what came after

The rows are lines that a 'print' table writes into the logs of the task managers in FOLDER. Each
has the time when it was made; it counts as arrived when its line is in the log. Events, in
FOLDER/events, one a line, times in milliseconds since 1970:

    R <time> <subtask> <rows> <oldest made> <newest made>    rows that arrived together
    S <time> <state>                                         the state of the job has changed
    C <time> <id> <triggered> <completed> <bytes>            a checkpoint is complete
"""

import glob
import json
import os
import re
import sys
import threading
import time
import urllib.request
from datetime import datetime, timezone

ROW = re.compile(rb"^(?:(\d+)> )?\+[IU]\[\d+, \d+, (\d{4}-\d\d-\d\dT[\d:.]+)Z\]$", re.M)
POLL_SECONDS = 0.004


def now():
    return time.time_ns() // 1_000_000


def milliseconds(text, known={}):
    """Milliseconds since 1970 of a time as 'print' writes it: zeros at its end are left out."""
    if text not in known:
        if len(known) > 10_000:
            known.clear()
        day, _, fraction = text.decode().partition(".")
        form = "%Y-%m-%dT%H:%M:%S" if day.count(":") == 2 else "%Y-%m-%dT%H:%M"
        moment = datetime.strptime(day, form).replace(tzinfo=timezone.utc)
        known[text] = int(moment.timestamp()) * 1000 + int((fraction + "000")[:3])
    return known[text]


class Recorder:
    def __init__(self, folder, address, job):
        self.folder, self.address, self.job = folder, address, job
        self.events = open(f"{folder}/events", "a", buffering=1)
        self.lock = threading.Lock()

    def note(self, *words):
        with self.lock:
            print(*words, file=self.events)

    def run(self):
        for body in (self.watch_state, self.watch_checkpoints):
            threading.Thread(target=body, daemon=True).start()
        logs, rests = {}, {}
        while True:
            for path in glob.glob(f"{self.folder}/*.log"):
                if path not in logs:
                    logs[path] = open(path, "rb")
                    rests[path] = b""
                data = logs[path].read(1 << 22)
                if data:
                    lines, _, rests[path] = (rests[path] + data).rpartition(b"\n")
                    self.note_rows(lines)
            time.sleep(POLL_SECONDS)

    def note_rows(self, lines):
        time_of_arrival, subtasks = now(), {}
        for subtask, text in ROW.findall(lines):
            subtasks.setdefault(subtask or b"1", []).append(milliseconds(text))
        for subtask, made in subtasks.items():
            self.note("R", time_of_arrival, subtask.decode(), len(made), min(made), max(made))

    def get(self, path):
        try:
            with urllib.request.urlopen(self.address + path, timeout=2) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None

    def watch_state(self):
        last = None
        while True:
            answer = self.get(f"/jobs/{self.job}/status")
            state = answer.get("status", "UNKNOWN") if answer else "UNREACHABLE"
            if state != last:
                self.note("S", now(), state)
                last = state
            time.sleep(0.02)

    def watch_checkpoints(self):
        seen = set()
        while True:
            answer = self.get(f"/jobs/{self.job}/checkpoints") or {}
            for entry in reversed(answer.get("history", [])):
                key = (entry["id"], entry["trigger_timestamp"])
                if entry["status"] == "COMPLETED" and key not in seen:
                    seen.add(key)
                    begin, took = entry["trigger_timestamp"], entry["end_to_end_duration"]
                    self.note("C", now(), entry["id"], begin, begin + took, entry["state_size"])
            time.sleep(0.1)


def events(folder):
    with open(f"{folder}/events") as file:
        for line in file:
            kind, *words = line.split()
            yield kind, words


def rows(folder, begin, end):
    """(arrival, subtask, rows, oldest made, newest made) between two times."""
    for kind, words in events(folder):
        if kind == "R" and begin <= int(words[0]) <= end:
            yield tuple(map(int, words))


def longest_gap(times, begin, end):
    """(length, from, to) of the longest time without rows."""
    points = [begin, *sorted(times), end]
    return max((b - a, a, b) for a, b in zip(points, points[1:]))


def pause(folder, begin, end):
    """Prints: longest gap of any subtask, greatest and median age of rows at arrival, in ms."""
    arrivals, ages = {}, []
    for arrival, subtask, _, oldest, _ in rows(folder, begin, end):
        arrivals.setdefault(subtask, []).append(arrival)
        ages.append(arrival - oldest)
    if not ages:
        return print("- - -")
    gap = max(longest_gap(times, times[0], times[-1])[0] for times in arrivals.values())
    print(gap, max(ages), sorted(ages)[len(ages) // 2])


def outage(folder, begin, end):
    """What followed a blow at `begin`, in ms after it; '-' for what did not come.

    Prints: the last row before the longest silence of all subtasks, the first one after it, the
    time when all subtasks that there are have sent rows again, the last change to RUNNING, the end
    of the first checkpoint that was begun after the silence.
    """
    arrivals, last, subtasks = [], {}, {}
    for arrival, subtask, *_ in rows(folder, begin, end):
        arrivals.append(arrival)
        subtasks.setdefault(subtask, []).append(arrival)
    _, stopped, resumed = longest_gap(arrivals, begin, end)
    firsts = [[t for t in times if t >= resumed] for times in subtasks.values()]
    everywhere = max((times[0] for times in firsts if times), default=None)
    running = checkpoint = None
    for kind, words in events(folder):
        moment = int(words[0])
        if kind == "S" and begin <= moment <= end and words[1] == "RUNNING":
            running = moment
        if kind == "C" and checkpoint is None and int(words[2]) >= resumed:
            checkpoint = int(words[3])

    def after(moment):
        return "-" if moment is None else moment - begin

    print(after(stopped), after(resumed if resumed < end else None), after(everywhere),
          after(running), after(checkpoint))


if __name__ == "__main__":
    command, folder, *arguments = sys.argv[1:]
    if command == "record":
        Recorder(folder, *arguments).run()
    else:
        {"pause": pause, "outage": outage}[command](folder, *map(int, arguments))
