"""Curves as an SVG file, for the examples beside this file."""

import dataclasses
import math
from xml.sax.saxutils import escape

# Okabe and Ito's, which people who see colours differently can tell apart.
COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
WIDTH, HEIGHT = 400, 260  # Of a panel's axes.
LEFT, TOP, BELOW = 76, 40, 48  # What is left of them, above, and below.


@dataclasses.dataclass
class Panel:
    """One pair of axes. `curves` are points (x, y) by name; on a logarithmic axis those that are
    not positive are left out."""
    heading: str
    x_label: str
    curves: dict
    log_x: bool = False
    log_y: bool = False
    x_ticks: list = None  # Default: chosen.


class Axis:
    """Where values lie between 0 and 1, with a margin on both sides, and which are named."""

    def __init__(self, values, log, ticks=None, margin=0.0):
        self.place = math.log10 if log else float
        places = list(map(self.place, values))
        span = max(places) - min(places)
        margin = margin * span if span else 0.5
        self.low, self.high = min(places) - margin, max(places) + margin
        self.ticks = ticks or (self.powers() if log else self.multiples())

    def at(self, value):
        return (self.place(value) - self.low) / (self.high - self.low)

    def inside(self, ticks):
        return [tick for tick in ticks if -1e-9 <= self.at(tick) <= 1 + 1e-9]

    def multiples(self):
        """Of 1, 2 or 5 times a power of ten, at most 8."""
        power = 10.0**math.floor(math.log10((self.high - self.low) / 8))
        step = power * next(f for f in (1, 2, 5, 10) if (self.high - self.low) / (f * power) <= 8)
        return self.inside([step * i for i in range(math.floor(self.low / step),
                                                    math.ceil(self.high / step) + 1)])

    def powers(self):
        """Powers of ten, at most about 8; where that is next to none, also 2 and 5 times them."""
        first, last = math.floor(self.low), math.ceil(self.high)
        ticks = self.inside([10.0**p for p in range(first, last + 1, (last - first) // 8 + 1)])
        if len(ticks) > 2:
            return ticks
        return self.inside([f * 10.0**p for p in range(first, last + 1) for f in (1, 2, 5)])


def panel_svg(panel, left):
    def drawn(point):
        return (point[0] > 0 or not panel.log_x) and (point[1] > 0 or not panel.log_y)

    curves = {name: list(filter(drawn, points)) for name, points in panel.curves.items()}
    every = [point for points in curves.values() for point in points]
    right, bottom = left + WIDTH, TOP + HEIGHT
    x_axis = Axis([x for x, _ in every], panel.log_x, panel.x_ticks)
    y_axis = Axis([y for _, y in every], panel.log_y, margin=0.04)

    def x_at(value):
        return left + WIDTH * x_axis.at(value)

    def y_at(value):
        return TOP + HEIGHT * (1 - y_axis.at(value))

    out = [f'<text x="{left}" y="{TOP - 14}" font-weight="600">{escape(panel.heading)}</text>',
           f'<text x="{left + WIDTH / 2}" y="{bottom + 38}" text-anchor="middle">'
           f'{escape(panel.x_label)}</text>']
    for tick in x_axis.ticks:
        x = x_at(tick)
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="#ddd"/>'
                   f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>')
    for tick in y_axis.ticks:
        y = y_at(tick)
        out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for color, points in zip(COLORS, curves.values()):
        places = [(x_at(x), y_at(y)) for x, y in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{color}"/>' for x, y in places]
    return out


def draw(path, panels):
    """Writes the panels side by side to a file. All have the same curves, named below them once."""
    width = len(panels) * (LEFT + WIDTH) + 24
    names = list(panels[0].curves)
    height = TOP + HEIGHT + BELOW + 20 * len(names) + 8
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for i, panel in enumerate(panels):
        out += panel_svg(panel, LEFT + i * (LEFT + WIDTH))
    for i, (name, color) in enumerate(zip(names, COLORS)):
        y = TOP + HEIGHT + BELOW + 12 + 20 * i
        out.append(f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + 24}" y2="{y}" stroke="{color}" '
                   f'stroke-width="2"/><text x="{LEFT + 32}" y="{y + 4}">{escape(name)}</text>')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["</svg>", ""]))
