#!/usr/bin/env python3
"""Scores `samvad understand --jsonl` on files of lines {"kind", "text", "context"?, "expected"}.

    scripts/ear_score.py [--bin PATH] [--today DAY] [--kind A,B] [--quiet] FILE...

Prints every line that is read otherwise, then for each kind the share that is right, the share of
sure readings that are right, and how many non-answers were taken for an answer. Of a place that is
unsure the first candidate counts.
"""
import argparse
import collections
import json
import subprocess
import sys

PLACES = {"district", "assembly", "lok_sabha"}

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("files", nargs="+")
arguments.add_argument("--bin", default="target/debug/samvad")
arguments.add_argument("--today", default="2026-11-21")
arguments.add_argument("--kind")
arguments.add_argument("--quiet", action="store_true")
args = arguments.parse_args()

lines = [json.loads(line) for file in args.files for line in open(file, encoding="utf-8") if line.strip()]
if args.kind:
    lines = [line for line in lines if line["kind"] in args.kind.split(",")]
asked = "".join(
    json.dumps({key: line[key] for key in ("kind", "text", "context") if key in line}, ensure_ascii=False) + "\n"
    for line in lines
)
run = subprocess.run(
    [args.bin, "understand", "--jsonl", "--today", args.today], input=asked, capture_output=True, text=True
)
answers = [json.loads(line) for line in run.stdout.splitlines()]
if len(answers) != len(lines):
    sys.exit(f"{len(lines)} lines, {len(answers)} answers\n{run.stderr}")

scores = collections.defaultdict(collections.Counter)
for line, answer in zip(lines, answers):
    kind, expected = line["kind"], line["expected"]
    said = answer.get("value")
    if said is None and kind in PLACES and answer.get("candidates"):
        said = answer["candidates"][0]
    right = said == expected
    score = scores[kind]
    score["lines"] += 1
    score["right"] += right
    if answer.get("sure"):
        score["sure"] += 1
        score["sure right"] += right
    if expected is None:
        score["refusals"] += 1
        score["taken"] += said is not None
    if not right and not args.quiet:
        print(f"{kind}: {line['text']!r} is {expected!r}, read as {answer}")
for kind, score in sorted(scores.items()):
    print(
        f"{kind:9} {score['right']}/{score['lines']} {100 * score['right'] / score['lines']:.1f} %,"
        f" sure {score['sure right']}/{score['sure']}, non-answers taken {score['taken']}/{score['refusals']}"
    )
