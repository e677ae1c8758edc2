#!/usr/bin/python3
"""Where the processor's time goes, by part of dbssd: sums up samples of the whole machine.

    perf record -a --call-graph dwarf,16384 -F 149 -o /tmp/perf.data -- sleep 9      while a scenario of fleet.py is busy
    perf script -i /tmp/perf.data -F comm,ip,sym | tests/bench/parts.py
"""
import collections
import sys

import table

# The first of these that is anywhere on a sample's stack says whose it is.
PARTS = [("boost_asio_detail", "cpprestsdk: its own threads"),
         ("CpprestTransport", "cpprestsdk: handing over a request, waiting for its answer"),
         ("Lane::commit", "journal: intents and outcomes"),
         ("planner::plan", "planner: plans"),
         ("LogSink::emit", "log"),
         ("LaneThread::take", "planner: facts out of answers"),
         ("decode_", "decoding"),
         ("claimed_reports", "journal: reads"),
         ("RestClient", "requests: token, headers, pace"),
         ("Workers::work", "workers: the rest"),
         ("LaneThread", "lanes: the rest")]


def samples(lines):
    """(program, its stack as one text)"""
    program, stack = None, []
    for line in lines:
        if not line.strip():
            if program:
                yield program, "\n".join(stack)
            program, stack = None, []
        elif not line[0].isspace():
            program = line.split()[0]
        else:
            stack.append(line)


def part(program, stack):
    if program == "dbss-sim":
        return "the simulator"
    if program != "dbssd":
        return "others on the machine"
    return next((name for of, name in PARTS if of in stack), "dbssd: unknown")


found = collections.Counter(part(*sample) for sample in samples(sys.stdin) if sample[0] != "swapper")
total = sum(found.values())
print(table.markdown(["", "of the time"], [[name, f"{100 * count / total:.0f} %"] for name, count in found.most_common() if 100 * count >= total]))
