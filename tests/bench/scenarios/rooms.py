"""What single rooms cost, by their Google Benchmarks: programs of the build, left out where it lacks them."""
import json
import subprocess

from figures import Result, Table

OPTIONS = {"min_time": (0.5, 0.01, "seconds for each"),
           "benchmarks": (["planner_bench", "decode_bench"], ["decode_bench"], "the programs")}


def measure(programs, options):
    rows = []
    for name in options["benchmarks"]:
        program = programs.build / "tests/bench" / name
        if not program.exists():
            continue
        out = subprocess.run([program, "--benchmark_format=json", f"--benchmark_min_time={options['min_time']}"], check=True,
                             capture_output=True, text=True).stdout
        for found in json.loads(out)["benchmarks"]:
            speed = f"{found['bytes_per_second'] / 1e6:,.0f} MB/s" if "bytes_per_second" in found else \
                f"{found['items_per_second'] / 1e6:.1f} million a second"
            rows.append([found["label"], f"{found['cpu_time']:.2f} {found['time_unit']}", speed])
    return Result(tables=[Table("Single rooms", "CPU time.", ["", "once", "speed"], rows)] if rows else [])
