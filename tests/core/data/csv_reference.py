#!/usr/bin/python3
"""CSV files with missing values and text, and the tables that they are.

    /usr/bin/python3 tests/core/data/csv_reference.py > tests/core/data/csv_reference.csv

Python's csv module writes the files and reads them back; what becomes of missing values and of text is
worked out here with NumPy. A row has the options, the file, the names of the columns, the categories of
the last column but one, and the values row by row. Options, file, names and categories are in
hexadecimal; several names, categories or values are separated by blanks.
"""

import csv
import io
from collections import Counter

import numpy as np

random = np.random.RandomState(29)

WORDS = ["red", "green", "deep blue", 'the "third"', "a,b", "two\nlines", "\u00fcber", "\u6570", "=", "-"]
MARKERS = ["NA", "?", "not known"]


def cell(kind, missing):
    if random.random_sample() < missing:
        return ["", *MARKERS][random.randint(4)]
    if kind == "text":
        return WORDS[random.randint(len(WORDS)) % random.randint(1, len(WORDS) + 1)]
    if kind == "whole":
        return str(random.randint(0, 200))
    return repr(round(float(random.standard_normal() * 10.0 ** random.randint(-3, 4)), random.randint(1, 9)))


def write(delimiter, missing):
    kinds = ["real", "whole", "whole", "text", "text", "real"]
    kinds = [kinds[i] for i in random.permutation(4)] + kinds[4:]
    out = io.StringIO()
    file = csv.writer(out, delimiter=delimiter, lineterminator=["\n", "\r\n"][random.randint(2)],
                      quoting=[csv.QUOTE_MINIMAL, csv.QUOTE_ALL][random.randint(2)])
    file.writerow([f"{kind} {i}" for i, kind in enumerate(kinds)])
    for _ in range(random.randint(8, 25)):
        file.writerow([cell(kind, missing) for kind in kinds])
    return out.getvalue()


def is_number(value):
    try:
        float(value)
    except ValueError:
        return False
    return True


def table(text, delimiter, drop, one_hot):
    names, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = {"", *MARKERS}
    if drop:
        rows = [row for row in rows if not missing & set(row)]
    columns, categories = [], []
    for name, values in zip(names, zip(*rows)):
        given = [value for value in values if value not in missing]
        if all(map(is_number, given)):
            numbers = np.array(given, "f4")
            mean = np.float32(numbers.astype("f8").mean())
            columns.append((name, [mean if value in missing else np.float32(value) for value in values]))
            categories.append([])
            continue
        known = sorted(set(given), key=lambda value: value.encode())
        counts = Counter(given)
        frequent = max(known, key=lambda value: counts[value])  # The first of several.
        places = [known.index(frequent if value in missing else value) for value in values]
        if one_hot:
            columns += [(f"{name}={word}", [int(place == i) for place in places]) for i, word in enumerate(known)]
        else:
            columns.append((name, places))
        categories.append(known)
    return columns, [] if one_hot else categories[-2]


def hexadecimal(texts):
    return " ".join(text.encode().hex() for text in texts)


print("options,file,names,categories,values")
for i in range(24):
    drop, one_hot, delimiter = i % 2, i // 2 % 2, ",;\t"[i % 3]
    text = write(delimiter, 0.04 if drop else 0.2)
    columns, categories = table(text, delimiter, drop, one_hot)
    options = [f"delimiter: '{delimiter}'".replace("\t", "\\t"),
               f"missing_values: MISSING_VALUES_{'DROP_ROW' if drop else 'MEAN'}",
               f"text_columns: TEXT_COLUMNS_{'ONE_HOT' if one_hot else 'INDEX'}",
               *[f"missing_markers: '{marker}'" for marker in MARKERS]]
    values = [repr(float(value)) for row in zip(*[column for _, column in columns]) for value in row]
    print(" ".join(options).encode().hex(), text.encode().hex(), hexadecimal(name for name, _ in columns),
          hexadecimal(categories), " ".join(values), sep=",")
