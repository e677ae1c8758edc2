"""A picture of how times grow with sizes: both axes logarithmic, so that what is linear is a line of slope one."""
import math

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 440, 70, 20, 50, 90
COLOURS = ["#2a78c8", "#d9652b", "#3d9a50"]
STYLE = """text{font:13px system-ui,sans-serif;fill:#333}.grid{stroke:#ddd}.slope{stroke:#999;stroke-dasharray:4 4}
@media(prefers-color-scheme:dark){text{fill:#ccc}.grid{stroke:#444}.slope{stroke:#888}}"""


def growth(points):
    """The exponent between the first size and the last: 1 is linear."""
    (first, begin), (last, end) = points[0], points[-1]
    return math.log(end / begin) / math.log(last / first)


def said_of(series, picture):
    """What belongs beside the picture, as paragraphs of Markdown."""
    if not series:
        return []
    grow = "; ".join(f"{name}: to the power of {growth(points):.2f}" for name, points in series.items())
    return ["### Growth", f"Both axes are logarithmic; the dashed line is linear growth. From the smallest size to the largest the time grows with the size: {grow}.",
            f"![How times grow with sizes]({picture})"]


def seconds_text(power):
    return f"{10 ** power:g} s" if power >= 0 else f"{10 ** (power + 3):g} ms"


def svg(series):
    """`series`: name -> [(size, seconds)], of two sizes or more each."""
    sizes = [size for points in series.values() for size, _ in points]
    times = [seconds for points in series.values() for _, seconds in points]
    x_from, x_to = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    y_from, y_to = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))

    def x(size):
        return LEFT + (math.log10(size) - x_from) / (x_to - x_from) * (WIDTH - LEFT - RIGHT)

    def y(seconds):
        return HEIGHT - BOTTOM - (math.log10(seconds) - y_from) / (y_to - y_from) * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
           f"<title>{'; '.join(series)}</title><style>{STYLE}</style>"]
    for power in range(x_from, x_to + 1):
        at = x(10 ** power)
        out.append(f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM}"/>'
                   f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{10 ** power:,}</text>')
    for power in range(y_from, y_to + 1):
        at = y(10 ** power)
        out.append(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>'
                   f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{seconds_text(power)}</text>')
    decades = min(x_to - x_from, y_to - y_from)
    out.append(f'<line class="slope" x1="{x(10 ** (x_to - decades)):.1f}" y1="{y(10 ** y_from):.1f}" '
               f'x2="{x(10 ** x_to):.1f}" y2="{y(10 ** (y_from + decades)):.1f}"/>')
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x(size):.1f},{y(seconds):.1f}" for size, seconds in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(size):.1f}" cy="{y(seconds):.1f}" r="4" fill="{colour}"/>' for size, seconds in points]
        at = HEIGHT - BOTTOM + 42 + 18 * number
        out.append(f'<circle cx="{LEFT + 6}" cy="{at - 4}" r="4" fill="{colour}"/>'
                   f'<text x="{LEFT + 18}" y="{at}">{name} (size to the power of {growth(points):.2f})</text>')
    return "\n".join([*out, "</svg>", ""])
