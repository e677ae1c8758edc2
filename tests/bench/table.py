"""Results as text: Markdown that reads well in a terminal too, and its place in a document."""
import datetime
import os
import platform

BEGIN, END = "<!-- measured by tests/bench/run.sh: begin -->", "<!-- measured by tests/bench/run.sh: end -->"


def number(value, unit):
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {unit}".replace(" /", "/").strip()


def markdown(header, rows):
    rows = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def margin(figure):
    """How many times better than promised; less than 1 is a promise that is not kept."""
    if figure.at_least is not None:
        return f"{figure.value / figure.at_least:.1f} ×"
    if figure.value <= figure.at_most / 1000:
        return "> 1,000 ×" if figure.at_most else "kept"
    return f"{figure.at_most / figure.value:.1f} ×"


def promises(figures):
    rows = [[figure.what, number(figure.value, figure.unit),
             f"at least {number(figure.at_least, figure.unit)}" if figure.at_least is not None else f"at most {number(figure.at_most, figure.unit)}",
             margin(figure)] for figure in figures]
    return markdown(["", "measured", "promised", "better by"], rows)


def machine():
    model = next((line.split(": ", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")),
                 platform.machine())
    return f"{len(os.sched_getaffinity(0))} cores of {model}, Linux {platform.release()}"


def document(results, command, load, pictures=()):
    """`load`: the machine's load average before it began."""
    figures = [figure for result in results for figure in result.figures]
    parts = [f"Measured on {datetime.date.today()}, {machine()}, load average {load:.1f} beforehand, by `{command}`. "
             "The simulator shares these cores; its CPU time is not in that of dbssd."]
    if figures:
        parts.append(promises(figures))
    for result in results:
        for table in result.tables:
            parts += [f"### {table.title}", table.how, markdown(table.header, table.rows)]
    parts += pictures
    return "\n\n".join(parts) + "\n"


def write(path, text):
    """Between the two marks, and nothing else."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
