import { FormatError } from './format-error.ts'

const SIDE = 32
const CHANNELS = 3
const PIXELS = SIDE * SIDE

/**
 * Reads a file of the binary version of CIFAR-10 or CIFAR-100 (Krizhevsky, "The CIFAR-10 dataset", "Binary version"): records of one
 * label, or of a coarse and a fine one, and 3,072 bytes of pixels, the red, green and blue plane of 32 rows each.
 *
 * @returns pixels as [count, 32, 32, 3], and the last label of each record
 * @throws FormatError that names the record
 */
export function decodeCifar(
  bytes: Uint8Array,
  classes: 10 | 100,
): { pixels: Uint8Array; labels: Uint8Array; count: number } {
  const labelBytes = classes === 10 ? 1 : 2
  const recordBytes = labelBytes + CHANNELS * PIXELS
  const count = bytes.length / recordBytes
  if (!Number.isInteger(count)) {
    throw new FormatError(
      `a CIFAR-${classes} file has ${recordBytes} bytes per image; ${bytes.length} bytes end within image ${Math.ceil(count)}`,
    )
  }
  const pixels = new Uint8Array(count * CHANNELS * PIXELS)
  const labels = new Uint8Array(count)
  for (let record = 0; record < count; record++) {
    const planes = record * recordBytes + labelBytes
    const label = bytes[planes - 1]!
    if (label >= classes)
      throw new FormatError(`image ${record + 1} has label ${label}; ${classes - 1} is the last class`)
    labels[record] = label
    for (let channel = 0; channel < CHANNELS; channel++) {
      let to = record * CHANNELS * PIXELS + channel
      const plane = planes + channel * PIXELS
      for (let i = 0; i < PIXELS; i++, to += CHANNELS) pixels[to] = bytes[plane + i]!
    }
  }
  return { pixels, labels, count }
}
