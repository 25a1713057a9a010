"""Images of every kind, and beside each its pixels as PIL converts them to RGB and to L. Takes the folder."""
import io
import struct
import sys
import zlib

import numpy as np
from PIL import Image

folder = sys.argv[1]
HEIGHT, WIDTH = 33, 41
random = np.random.default_rng(1)
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
colours = np.stack([x * 6 % 256, y * 7 % 256, (x + y) * 5 % 256], -1).astype(np.uint8)
alpha = np.where(y < 5, 0, x * 6 % 256)[..., None].astype(np.uint8)
rgb, grey = Image.fromarray(colours), Image.fromarray(colours[..., 0])
rgba = Image.fromarray(np.concatenate([colours, alpha], -1))
palette, bits, cmyk = rgb.quantize(40), grey.convert("1"), rgb.convert("CMYK")
turned = Image.Exif()
turned[0x112] = 6


def save(name, image, **options):
    image.save(f"{folder}/{name}", **options)


def png(name, depth, kind, rows):
    chunk = lambda tag, data: struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, kind, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    with open(f"{folder}/{name}", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


def bmp(name, bits, rows, compression=0, masks=b"", height=HEIGHT):
    body = b"".join(row.tobytes() + bytes(-len(row.tobytes()) % 4) for row in rows)
    header = struct.pack("<IiiHHIIiiII", 40, WIDTH, height, 1, bits, compression, len(body), 0, 0, 0, 0) + masks
    with open(f"{folder}/{name}", "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", 14 + len(header) + len(body), 0, 0, 14 + len(header)) + header + body)


for name, image, options in [
    ("rgb.png", rgb, {}), ("grey.png", grey, {}), ("bits.png", bits, {}), ("palette.png", palette, {}),
    ("rgba.png", rgba, {}), ("grey-alpha.png", rgba.convert("LA"), {}), ("palette-clear.png", palette, {"transparency": 3}),
    ("rgb-clear.png", rgb, {"transparency": (0, 0, 0)}), ("turned.png", rgb, {"exif": turned}),
    ("rgb.jpg", rgb, {"quality": 90}), ("coarse.jpg", rgb, {"subsampling": 2}), ("progressive.jpg", rgb, {"progressive": True}),
    ("grey.jpg", grey, {}), ("cmyk.jpg", cmyk, {}), ("turned.jpg", rgb, {"exif": turned}),
    ("palette.gif", palette, {}), ("clear.gif", palette, {"transparency": 3}),
    ("moving.gif", palette, {"save_all": True, "append_images": [rgb.quantize(9)]}),
    ("rgb.webp", rgb, {"lossless": True}), ("rgba.webp", rgba, {"lossless": True, "exact": True}), ("lossy.webp", rgb, {}),
    ("rgb.tif", rgb, {}), ("lzw.tif", rgb, {"compression": "tiff_lzw"}), ("rgba.tif", rgba, {}), ("cmyk.tif", cmyk, {}), ("bits.tif", bits, {}),
    ("rgb.bmp", rgb, {}), ("rgba.bmp", rgba, {}), ("grey.bmp", grey, {}), ("palette.bmp", palette, {}), ("bits.bmp", bits, {}),
    ("rgb.ppm", rgb, {}), ("grey.pgm", grey, {}), ("bits.pbm", bits, {}),
]:  # fmt: skip
    save(name, image, **options)
png("rgb16.png", 16, 2, random.integers(0, 65536, (HEIGHT, WIDTH, 3)).astype(">u2"))
png("grey4.png", 4, 0, random.integers(0, 256, (HEIGHT, 21), np.uint8))
bmp("down.bmp", 24, colours[..., ::-1], height=-HEIGHT)
bmp("rgb555.bmp", 16, random.integers(0, 32768, (HEIGHT, WIDTH)).astype("<u2"))
bmp("rgb565.bmp", 16, random.integers(0, 65536, (HEIGHT, WIDTH)).astype("<u2"), 3, struct.pack("<III", 0xF800, 0x07E0, 0x001F))
with open(f"{folder}/text.ppm", "w") as file:
    file.write(f"P3\n# by hand\n{WIDTH} {HEIGHT} # a size\n51\n" + "\n".join(str(value % 52) for value in colours.flat))

import os  # noqa: E402

for name in os.listdir(folder):
    for mode in ("RGB", "L"):
        with open(f"{folder}/{name}.{mode}", "wb") as file:
            file.write(Image.open(f"{folder}/{name}").convert(mode).tobytes())
save("grey16.png", Image.fromarray(random.integers(0, 65536, (HEIGHT, WIDTH), np.uint16)))
save("float.tif", Image.fromarray(colours[..., 0].astype(np.float32) / 255))
