#!/usr/bin/python3
"""Small IDX, NPY and NPZ files, plain and compressed, and the tables that they are.

    /usr/bin/python3 tests/core/data/arrays.py > tests/core/data/arrays.csv
    /usr/bin/python3 tests/core/data/arrays.py refused > tests/core/data/refused.csv

NumPy writes the NPY and NPZ files; what is expected is what NumPy makes of the arrays as 32-bit floats.
A row has a name that begins with the format, the names of the columns, the file in hexadecimal, and the
values row by row. Several names or values in one cell are separated by blanks. Of a file that
is refused the row has the name, the reason, a part of the message, and the file.
"""

import gzip
import io
import struct
import sys
import zipfile

import numpy as np

random = np.random.RandomState(11)


def array(kind, shape):
    """Random values of a type: whole ranges of integers, floats large and small."""
    dtype = np.dtype(kind)
    if dtype.kind == "b":
        return random.randint(0, 2, shape).astype(dtype)
    if dtype.kind == "f":
        return (random.standard_normal(shape) * 10.0 ** random.randint(-4, 4, shape)).astype(dtype)
    info = np.iinfo(dtype)
    return random.randint(info.min, info.max, shape, dtype=dtype.newbyteorder("=")).astype(dtype)


def npy(values, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, values, version=version)
    return out.getvalue()


def npz(save, **arrays):
    out = io.BytesIO()
    save(out, **arrays)
    return out.getvalue()


IDX_TYPES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def idx(values):
    header = bytes([0, 0, IDX_TYPES[values.dtype.str[1:]], values.ndim])
    header += b"".join(struct.pack(">I", size) for size in values.shape)
    return header + values.astype(values.dtype.newbyteorder(">")).tobytes()


def archive(members, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def flat(values):
    return values.reshape(len(values), -1).astype(np.float32)


def row(name, file, arrays, names=None):
    table = np.hstack([flat(values) for values in arrays])
    names = names or [f"c{c}" for c in range(table.shape[1])]
    cells = " ".join(str(value) for value in table.ravel())
    print(f"{name},{' '.join(names)},{file.hex()},{cells}")


def good():
    print("name,columns,file,values")
    for kind in IDX_TYPES:
        values = array(kind, (3, 2))
        row(f"idx-{kind}", idx(values), [values])
    for kind in "?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8":
        for order, name in {"<": "little", ">": "big"}.items():
            if name == "little" or np.dtype(kind).itemsize > 1:
                values = array(order + kind, (3, 2))
                row(f"npy-{name}-{values.dtype.str[1:]}", npy(values), [values])

    for shape in (4,), (4, 1), (1, 3), (2, 3, 2), (2, 2, 3, 2):
        name = "x".join(str(size) for size in shape)
        values = array("<i2", shape)
        row(f"idx-{name}", idx(values), [values])
        row(f"npy-{name}", npy(values), [values])
        row(f"npy-fortran-{name}", npy(np.asfortranarray(values)), [values])
    for version in (1, 0), (2, 0), (3, 0):
        values = array("<f4", (2, 2))
        row(f"npy-version-{version[0]}", npy(values, version), [values])
    values = np.array([[6e-8, -0.0], [65504, -65504], [6.1e-5, 0.1]], "<f2")  # Denormal, largest, smallest.
    row("npy-f2-limits", npy(values), [values])
    values = np.array([[1e-300, 3.4028234e38], [-3.4028234e38, 1e-45]], "<f8")
    row("npy-f8-limits", npy(values), [values])

    # A digit's picture and its class, as MNIST has them.
    images, labels = array("u1", (5, 2, 3)), random.randint(0, 10, 5).astype("u1")
    row("idx-images-labels", idx(images) + idx(labels), [images, labels])
    row("idx-gzip", gzip.compress(idx(images) + idx(labels), mtime=0), [images, labels])
    row("idx-gzip-members", gzip.compress(idx(images), mtime=0) + gzip.compress(idx(labels), mtime=0), [images, labels])

    real, mixed = array("<f8", (5, 3)), array(">i4", (5, 2))
    row("npy-several", npy(real) + npy(labels) + npy(np.asfortranarray(mixed)), [real, labels, mixed])
    row("npy-gzip", gzip.compress(npy(real) + npy(labels), mtime=0), [real, labels])
    row("npy-gzip-members", gzip.compress(npy(real), mtime=0) + gzip.compress(npy(labels), mtime=0), [real, labels])

    x_y = ["x_0", "x_1", "x_2", "y"]
    row("npz-stored", npz(np.savez, x=real, y=labels), [real, labels], x_y)
    row("npz-deflated", npz(np.savez_compressed, x=real, y=labels), [real, labels], x_y)
    row("npz-order", npz(np.savez, y=labels, x=np.asfortranarray(mixed)), [labels, mixed], ["y", "x_0", "x_1"])


def bad(name, reason, message, file):
    print(f"{name},{reason},{message},{file.hex()}")


def refused():
    print("name,reason,message,file")
    for kind, message in {
        "O": "Python objects",
        "<c16": "complex numbers",
        "<U3": "strings",
        "|S3": "strings",
        "<M8[s]": "dates or times",
        "|V4": "raw bytes",
        "<f16": "unknown",
        "<f4, <i4": "structured",
    }.items():
        bad(f"npy-{kind.replace(', ', '-')}", "UNSUPPORTED_TYPE", message, npy(np.zeros(3, kind)))
    bad("npy-no-dimension", "WRONG_SHAPE", "1 to 64 dimensions", npy(np.float32(1)))
    bad("npy-no-row", "EMPTY", "dimension 0 (from 0) is 0", npy(np.zeros((0, 3))))
    bad("npy-no-column", "EMPTY", "dimension 1 (from 0) is 0", npy(np.zeros((3, 0))))
    bad("npy-rows-differ", "WRONG_SHAPE", "array 1: has 2 rows", npy(np.ones(3)) + npy(np.ones(2)))
    for name, value in {"nan": np.nan, "inf": np.inf, "1e39": 1e39}.items():
        values = np.ones((3, 2, 2))
        values[2, 1, 0] = value
        message = "row 2 column 2 (both from 0)"
        bad(f"npy-{name}", "NOT_FINITE", message, npy(values))
        bad(f"npy-fortran-{name}", "NOT_FINITE", message, npy(np.asfortranarray(values)))
    bad("npy-f2-inf", "NOT_FINITE", "row 0 column 1", npy(np.array([[0, -np.inf]], ">f2")))
    whole = npy(np.ones((3, 2)))
    bad("npy-truncated", "TRUNCATED", "ends after 47", whole[:-1])
    bad("npy-overlong", "NOT_NPY", "array 1: there are bytes here", whole + b"x")
    bad("npy-version", "UNSUPPORTED_VERSION", "4.0", whole[:6] + b"\x04" + whole[7:])

    def header(text):
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()

    for name, text in {
        "empty": "",
        "no-shape": "{'descr': '<f4', 'fortran_order': False}",
        "twice": "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}",
        "other": "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "number": "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
        "negative": "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "open": "{'descr': '<f4', 'fortran_order': False, 'shape': (1,",
        "code": "{'descr': '<f4', 'fortran_order': False, 'shape': (1+1,)}",
        "after": "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
    }.items():
        bad(f"npy-header-{name}", "BAD_HEADER", "array 0: its header must be", header(text))
    bad("npy-long-header", "BAD_HEADER", "4294967295 bytes", b"\x93NUMPY\x02\x00" + b"\xff" * 4)
    start = "{'descr': '<f8', 'fortran_order': False, 'shape': "
    bad("npy-vast-rows", "DATASET_TOO_LARGE", "", header(start + "(9223372036854775807,)}"))
    bad("npy-vaster-rows", "DATASET_TOO_LARGE", "", header(start + "(99999999999999999999,)}"))
    bad("npy-wraps", "TOO_MANY_COLUMNS", "", header(start + "(2, 4294967296, 4294967296)}"))
    bad("npy-64", "WRONG_SHAPE", "not 65", header(start + "(" + "1, " * 65 + ")}"))

    bad("idx-type", "UNSUPPORTED_TYPE", "its type is 10", b"\0\0\x0a\x01\0\0\0\1\0")
    bad("idx-no-dimension", "WRONG_SHAPE", "not 0", b"\0\0\x08\0\0")
    bad("idx-no-row", "EMPTY", "dimension 0", idx(np.zeros((0, 2), "u1")))
    bad("idx-truncated", "TRUNCATED", "ends after 5", idx(np.zeros((3, 2), "u1"))[:-1])
    bad("idx-cut-header", "TRUNCATED", "within its header", b"\0\0\x08\x02\0\0\0\1\0")
    bad("idx-overlong", "NOT_IDX", "array 1", idx(np.zeros(3, "u1")) + b"x")
    bad("idx-then-gzip", "NOT_IDX", "array 1", idx(np.zeros(3, "u1")) + gzip.compress(b"x", mtime=0))
    bad("idx-rows-differ", "WRONG_SHAPE", "array 1: has 4 rows", idx(np.zeros(3, "u1")) + idx(np.zeros(4, "u1")))
    bad("idx-nan", "NOT_FINITE", "row 1 column 0", idx(np.array([[0, 1], [np.nan, 0]], "f4")))
    bad("idx-many", "TOO_MANY_ARRAYS", "at most 256", idx(np.zeros(1, "u1")) * 257)
    vast = b"\0\0\x0e\x03" + b"\xff" * 12
    bad("idx-vast", "TOO_MANY_COLUMNS", "", vast)
    bad("idx-vast-rows", "DATASET_TOO_LARGE", "", b"\0\0\x08\x01\xff\xff\xff\xff")
    bad("idx-wide", "TOO_MANY_COLUMNS", "at most 1048576", b"\0\0\x08\x02\0\0\0\1\0\x10\0\1")

    packed = gzip.compress(idx(np.zeros((3, 2), "u1")), mtime=0)
    bad("idx-gzip-truncated", "BAD_GZIP", "ends too early", packed[:-1])
    bad("idx-gzip-crc", "BAD_GZIP", "incorrect data check", packed[:-8] + b"\0" + packed[-7:])
    bad("idx-gzip-mixed", "BAD_GZIP", "compress all or none", packed + idx(np.zeros(3, "u1")))
    bad("idx-gzip-method", "BAD_GZIP", "unknown compression method", packed[:2] + b"\7" + packed[3:])
    bad("csv-gzip-empty", "EMPTY", "no row", gzip.compress(b"", mtime=0))
    bad("csv-gzip-no-number", "NOT_A_NUMBER", "line 2", gzip.compress(b"1\nx\n", mtime=0))
    bomb = gzip.compress(idx(np.zeros((3000, 1000), "u1")), mtime=0)
    bad("idx-gzip-bomb", "DATASET_TOO_LARGE", "3000000 bytes of values", bomb)
    bad("csv-gzip-bomb", "DATASET_TOO_LARGE", "decompressed", gzip.compress(b"1\n" * 1000000, mtime=0))

    one = npy(np.ones(2))
    bad("npz-gzip", "BAD_ZIP", "gzip-compressed as well", gzip.compress(archive([("x.npy", one)]), mtime=0))
    bad("npz-empty", "EMPTY", "no array", archive([]))
    bad("npz-truncated", "BAD_ZIP", "can't be read", archive([("x.npy", one)])[:-1])
    bad("npz-other", "NOT_NPY", 'array "x.txt"', archive([("x.txt", one)]))
    bad("npz-no-npy", "NOT_NPY", 'array "x"', archive([("x.npy", b"1 2 3")]))
    bad("npz-empty-member", "TRUNCATED", 'array "x"', archive([("x.npy", b"")]))
    bad("npz-nameless", "WRONG_NAME", "1 to 128 bytes", archive([(".npy", one)]))
    bad("npz-long-name", "WRONG_NAME", "1 to 128 bytes", archive([("x" * 129 + ".npy", one)]))
    bad("npz-cut-member", "TRUNCATED", "ends after 15", archive([("x.npy", one[:-1])]))
    bad("npz-long-member", "TRAILING_BYTES", "goes on", archive([("x.npy", one + b"x")]))
    bad("npz-bzip2", "UNSUPPORTED_COMPRESSION", "method 12", archive([("x.npy", one)], zipfile.ZIP_BZIP2))
    bad("npz-crc", "BAD_ZIP", "CRC error", archive([("x.npy", one)]).replace(b"\xf0?", b"\xf0@"))
    bad("npz-same-columns", "DUPLICATE_COLUMN_NAME", '"x_1"',
        archive([("x_1.npy", one), ("x.npy", npy(np.ones((2, 2))))]))
    bomb = archive([("x.npy", npy(np.zeros((1000, 200))))], zipfile.ZIP_DEFLATED)
    bad("npz-bomb", "DATASET_TOO_LARGE", "1600000", bomb)


refused() if "refused" in sys.argv else good()
