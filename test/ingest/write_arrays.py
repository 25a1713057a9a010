"""Arrays as NumPy writes them, for the reader of .npy and .npz. Takes the folder."""
import os
import sys

import numpy as np

folder = sys.argv[1]
x = (np.arange(60).reshape(20, 3) * 7 % 5).astype(np.float32)
y = np.arange(20) % 2


def save(name, x=x, y=y, **more):
    np.savez(f"{folder}/{name}.npz", **({"x_train": x, "y_train": y} | more))


save("plain")
save("bool", x > 1)
save("bool-labels", y=y == 1)
save("strings", y=np.array(["cat", "dog"])[y])
save("bytes", y=np.array([b"cat", b"dog"])[y])
save("big-endian-strings", y=np.array(["cat", "dög"])[y].astype(">U3"))
save("objects", y=np.array(["cat", "dog"], dtype=object)[y])
save("object-examples", x.astype(object))
save("minus-one", y=y * 2 - 1)
save("gaps", y=np.array([0, 1, 3, 1000])[np.arange(20) % 4])
save("large-labels", y=np.array([2**60, 2**60 + 1])[y])
save("float-labels", y=y.astype(np.float64))
save("structured", np.array([(1.0, 2)] * 20, dtype=[("width", "<f4"), ("height", "<i4")]))
save("complex", x.astype(np.complex64))
save("dates", np.zeros((20, 3), "M8[s]"))
save("texts", np.full((20, 3), "1.5"))
save("short", y=y[:19])
save("no-examples", x[:0], y[:0])
save("no-numbers", np.zeros((20, 0), np.float32))
save("no-test", x_test=x[:0], y_test=y[:0])
save("scalar", np.float32(1))
save("constant", np.full((20, 3), 7, np.uint8))
for kind in ["<f2", "<f8", ">f8", "<i8", "<u2", ">u2", "<i4", "<i1"]:
    save(kind.replace("<", "little-").replace(">", "big-"), x.astype(kind))
save("depth", np.full((20, 4, 4, 1), 65535, np.uint16))
save("precise", (np.arange(60).reshape(20, 3) + 2**40).astype(np.int64))
cubes = np.arange(20 * 2 * 3 * 4).reshape(20, 2, 3, 4).astype(np.int16)
save("cubes", cubes)
save("fortran-cubes", np.asfortranarray(cubes))
np.savez(f"{folder}/capitals.npz", X_train=x, Y_train=y, X_test=x, Y_test=y)
np.savez(f"{folder}/words.npz", train_images=x, train_labels=y, test_images=x, test_labels=y)
np.savez(f"{folder}/short-names.npz", x=x, y=y)
np.savez(f"{folder}/extra.npz", x_train=x, y_train=y, label_names=np.array(["no", "yes"]))
np.savez(f"{folder}/unnamed.npz", x, y)
np.savez(f"{folder}/no-labels.npz", x_train=x)
np.savez(f"{folder}/two-tests.npz", x_train=x, y_train=y, x_val=x, x_test=x, y_val=y, y_test=y)

# The header that Python 2 wrote on Windows.
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (20L, 3L), }"
header = (header + " " * (117 - len(header)) + "\n").encode()
os.mkdir(f"{folder}/python2")
with open(f"{folder}/python2/x_train.npy", "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + x.tobytes())
np.save(f"{folder}/python2/y_train.npy", y)
