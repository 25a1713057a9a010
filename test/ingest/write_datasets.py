"""The same 30 pictures and labels in every format that can be uploaded, written by the programs that write them. Takes the folder."""
import gzip
import io
import struct
import sys
import tarfile
import zipfile

import numpy as np
import pyarrow
import pyarrow.parquet
import tfrecord
from PIL import Image

folder = sys.argv[1]
TRAIN, TEST, CLASSES = 24, 6, 10
random = np.random.default_rng(1)
pictures = random.integers(0, 256, (TRAIN + TEST, 32, 32, 3), np.uint8)
labels = np.arange(TRAIN + TEST, dtype=np.uint8) % CLASSES
splits = {"train": (pictures[:TRAIN], labels[:TRAIN]), "test": (pictures[TRAIN:], labels[TRAIN:])}


def png(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def idx(array, open_file):
    with open_file as file:
        file.write(struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes())


arrays = {f"{part}_{split}": value for split, (x, y) in splits.items() for part, value in [("x", x), ("y", y[:, None])]}
np.savez(f"{folder}/plain.npz", **arrays)
np.savez_compressed(f"{folder}/compressed.npz", **{name: a if name[0] == "x" else np.eye(CLASSES)[a[:, 0]] for name, a in arrays.items()})
for name, array in arrays.items():
    np.save(f"{folder}/{name}.npy", array.astype(np.int64) if name[0] == "y" else array)
idx(pictures[:TRAIN], open(f"{folder}/train-images-idx4-ubyte", "wb"))
idx(labels[:TRAIN], open(f"{folder}/train-labels-idx1-ubyte", "wb"))
idx(pictures[TRAIN:], gzip.open(f"{folder}/t10k-images-idx4-ubyte.gz", "wb"))
idx(labels[TRAIN:], gzip.open(f"{folder}/t10k-labels-idx1-ubyte.gz", "wb"))

with tarfile.open(f"{folder}/cifar.tar.gz", "w:gz") as tar:
    for name, (x, y) in [("data_batch_1.bin", splits["train"]), ("test_batch.bin", splits["test"])]:
        records = np.concatenate([y[:, None], x.transpose(0, 3, 1, 2).reshape(len(x), -1)], 1).tobytes()
        member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
        member.size = len(records)
        tar.addfile(member, io.BytesIO(records))

with zipfile.ZipFile(f"{folder}/folders.zip", "w") as archive:
    with tarfile.open(f"{folder}/folders.tar.gz", "w:gz") as tar:
        for split, (x, y) in splits.items():
            for index, (picture, label) in enumerate(zip(x, y)):
                name, file = f"pictures/{split}/{label}/{index}.png", png(picture)
                archive.writestr(name, file)
                member = tarfile.TarInfo(name)
                member.size = len(file)
                tar.addfile(member, io.BytesIO(file))
        archive.writestr("__MACOSX/pictures/._0.png", b"litter")

with zipfile.ZipFile(f"{folder}/sizes.zip", "w") as archive:
    for index, size in enumerate([(40, 30), (64, 64), (20, 50), (32, 32)]):
        archive.writestr(f"{'cat' if index % 2 else 'ant'}/{index}.png", png(random.integers(0, 256, (*size, 3), np.uint8)))

for split, (x, y) in splits.items():
    images = [{"bytes": png(picture), "path": None} for picture in x]
    table = pyarrow.table({"image": images, "label": pyarrow.array(y.astype(np.int64))})
    pyarrow.parquet.write_table(table, f"{folder}/images-{split}.parquet", compression="zstd", row_group_size=7)
    rows = x.reshape(len(x), -1)[:, :5].astype(np.float32) / 8
    names = [f"name {label}" for label in y]
    columns = {f"f{column}": rows[:, column] for column in range(4)} | {"rest": [[v] for v in rows[:, 4]], "label": names}
    pyarrow.parquet.write_table(pyarrow.table(columns), f"{folder}/table-{split}.parquet", compression="snappy")
    with open(f"{folder}/table-{split}.csv", "w") as file:
        file.write("f0,f1,label,f2,f3,rest\r\n")
        for row, name in zip(rows, names):
            file.write(f'{row[0]},{row[1]},"{name}",{row[2]},{row[3]},{row[4]}\r\n')
    writer = tfrecord.TFRecordWriter(f"{folder}/images-{split}.tfrecord")
    for picture, label in zip(x, y):
        writer.write({"image/encoded": (png(picture), "byte"), "image/class/label": (int(label) + 1, "int")})
    writer.close()
