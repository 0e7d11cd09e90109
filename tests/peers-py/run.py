"""Draws the same finding by each contender in turn, on one core, and prints who needs what.

Arguments: OURS FOLDER SECONDS, OURS being the built example `compare`. The memory is that of a contender with
all its processes, shared pages counted once (PSS). A contender that cannot run is said to be missing.
"""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).parent
PEERS = ("reportlab", "weasyprint", "chromium")


def tree(root):
    """The process with all below it."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                after_name = pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2]
                parents[int(entry)] = int(after_name.split()[1])
            except OSError:
                pass
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def kilobytes(pids):
    total = 0
    for pid in pids:
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total


def contend(command):
    """What the contender says of itself, with its peak memory; or why it could not run."""
    one_core = lambda: os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=one_core)
    peak, over = 0, threading.Event()

    def watch():
        nonlocal peak
        while not over.is_set():
            peak = max(peak, kilobytes(tree(process.pid)))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, errors = process.communicate()
    over.set()
    watcher.join()
    if process.returncode != 0:
        return None, (errors.strip().splitlines() or ["no word"])[-1]
    return json.loads(out.strip().splitlines()[-1]) | {"peak": peak}, None


def texts(value):
    """Every text that is printed; of a signature only who and when."""
    never = {"ink", "kind", "made_at", "verification_url", "seal"}
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in never:
                yield from texts(item)


def given_back(file, document):
    """The part of the texts that poppler reads back from the file."""
    try:
        read = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "?"
    bare = lambda text: "".join(text.split())
    wanted = [bare(text) for text in texts(document) if bare(text)]
    return f"{sum(text in bare(read) for text in wanted)}/{len(wanted)}"


def main():
    ours, folder, seconds = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    subprocess.run([ours, "data", folder], check=True)
    document = json.loads((folder / "finding.json").read_text("utf-8"))["document"]
    commands = {"ours": [ours, "run", folder, "ours", seconds]}
    for peer in PEERS:
        commands[peer] = [sys.executable, HERE / f"{peer}_peer.py", folder, peer, seconds]
    print(f"{'':<12} {'docs/s':>8} {'ratio':>7} {'kB':>7} {'ratio':>7} {'MB peak':>8} {'ratio':>7}  texts read back")
    first = None
    for name, command in commands.items():
        result, why = contend(list(map(str, command)))
        if result is None:
            print(f"{name:<12} missing: {why}")
            continue
        rate, size, peak = result["documents"] / result["seconds"], result["bytes"] / 1000, result["peak"] / 1000
        first = first or (rate, size, peak)
        back = given_back(folder / f"{name}.pdf", document)
        print(
            f"{name:<12} {rate:>8.1f} {first[0] / rate:>6.1f}x {size:>7.0f} {size / first[1]:>6.1f}x "
            f"{peak:>8.0f} {peak / first[2]:>6.1f}x  {back}", flush=True)
    print("A ratio is how many times ours is faster, smaller, or content with less memory.")


main()
