#!/usr/bin/python3
"""Principal components of ways through parameters by NumPy's singular value decomposition (float64).
Each line: the points of a way, a blank between numbers and `;` between points; the share of the squares
that each of the first two components has; the coordinates of every point along them, as seen from the
last, with signs such that the first point has none above 0.

    /usr/bin/python3 tests/core/reference/principal_directions.py > tests/core/reference/principal_directions.csv
"""

import numpy as np

print("way,explained,x,y")
random = np.random.default_rng(7)
for points, dimensions in [(3, 2), (5, 6), (12, 15), (40, 9)]:
    way = np.cumsum(random.normal(size=(points, dimensions)), axis=0).astype(np.float32)
    steps = way.astype(np.float64) - way[-1].astype(np.float64)
    _, values, components = np.linalg.svd(steps, full_matrices=False)
    coordinates = steps @ components[:2].T
    coordinates *= -np.sign(coordinates[0])
    row = lambda numbers: " ".join(repr(float(n)) for n in numbers)
    print(";".join(row(p) for p in way), row(values[:2] ** 2 / np.sum(values ** 2)),
          row(coordinates[:, 0]), row(coordinates[:, 1]), sep=",")
