#!/usr/bin/python3
"""Draws the points of `fnn-bench --linearity-csv` as an SVG, a panel for each series, with both axes
logarithmic: a straight line is a power, and its slope is told.

  tests/bench/plot.py POINTS.csv PLOT.svg
"""

import csv
import math
import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 460, 320, 60
STYLE = 'font-family="sans-serif" font-size="12"'


def read(path):
    """The points of each series, sorted; a later measurement of the same point counts."""
    series = {}
    with open(path, encoding='utf-8', newline='') as file:
        for row in csv.DictReader(file):
            series.setdefault(row['series'], {})[float(row['x'])] = float(row['seconds'])
    return {name: sorted(points.items()) for name, points in series.items()}


def slope(points):
    """Of the least-squares line through the logarithms."""
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(y) for _, y in points]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    squares = sum((x - x_mean)**2 for x in xs)
    return sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / squares if squares else 0


def seconds_text(seconds):
    for unit, scale in (('s', 1), ('ms', 1e-3), ('us', 1e-6)):
        if seconds >= scale:
            return f'{seconds / scale:.3g} {unit}'
    return f'{seconds / 1e-9:.3g} ns'


def axis(values):
    """The powers of ten around `values`, and where a value lies between them, from 0 to 1."""
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    return range(low, high + 1), lambda value: (math.log10(value) - low) / (high - low)


def panel(name, points, left):
    x_powers, x_place = axis([x for x, _ in points])
    y_powers, y_place = axis([y for _, y in points])

    def x_at(x):
        return left + MARGIN + x_place(x) * (WIDTH - MARGIN - 20)

    def y_at(y):
        return HEIGHT - MARGIN + 20 - y_place(y) * (HEIGHT - MARGIN - 30)

    bottom, top = y_at(10.0**y_powers[0]), y_at(10.0**y_powers[-1])
    out = [f'<text x="{left + MARGIN}" y="24" {STYLE}>{escape(name)}, '
           f'slope {slope(points):.2f}</text>']
    for power in x_powers:
        x = x_at(10.0**power)
        out.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#ddd"/>')
        out.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" {STYLE}>'
                   f'{10**power:,}</text>')
    for power in y_powers:
        y = y_at(10.0**power)
        out.append(f'<line x1="{x_at(10.0**x_powers[0])}" y1="{y:.1f}" '
                   f'x2="{x_at(10.0**x_powers[-1])}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{left + MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end" {STYLE}>'
                   f'{seconds_text(10.0**power)}</text>')
    places = [(x_at(x), y_at(y)) for x, y in points]
    line = ' '.join(f'{x:.1f},{y:.1f}' for x, y in places)
    out.append(f'<polyline points="{line}" fill="none" stroke="#1f77b4" stroke-width="2"/>')
    for (x, y), (_, seconds) in zip(places, points):
        out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#1f77b4">'
                   f'<title>{seconds_text(seconds)}</title></circle>')
    return out


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    series = read(sys.argv[1])
    if not series:
        sys.exit(f'{sys.argv[1]} has no points')
    width = WIDTH * len(series)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" '
           f'viewBox="0 0 {width} {HEIGHT}">',
           f'<rect width="{width}" height="{HEIGHT}" fill="white"/>']
    for i, (name, points) in enumerate(series.items()):
        out += panel(name, points, i * WIDTH)
    out.append('</svg>')
    with open(sys.argv[2], 'w', encoding='utf-8') as file:
        file.write('\n'.join(out) + '\n')


if __name__ == '__main__':
    main()
