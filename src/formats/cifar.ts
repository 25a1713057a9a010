import { FormatError } from './format-error.ts'

const SIDE = 32
const CHANNELS = 3
const PIXELS = SIDE * SIDE
const RECORD_BYTES = 1 + CHANNELS * PIXELS

/**
 * Reads a file of CIFAR-10's binary version (Krizhevsky, "The CIFAR-10 dataset", "Binary version"): records of a label and 3,072
 * bytes of pixels, the red, green and blue plane of 32 rows each.
 *
 * @returns pixels as [count, 32, 32, 3]
 * @throws FormatError that names the record
 */
export function decodeCifar10(bytes: Uint8Array): { pixels: Uint8Array; labels: Uint8Array; count: number } {
  const count = bytes.length / RECORD_BYTES
  if (!Number.isInteger(count)) {
    throw new FormatError(
      `a CIFAR-10 file has ${RECORD_BYTES} bytes an image; ${bytes.length} bytes end within image ${Math.ceil(count)}`,
    )
  }
  const pixels = new Uint8Array(count * CHANNELS * PIXELS)
  const labels = new Uint8Array(count)
  for (let record = 0; record < count; record++) {
    const start = record * RECORD_BYTES
    labels[record] = bytes[start]!
    if (labels[record]! > 9)
      throw new FormatError(`image ${record + 1} has label ${labels[record]}; 9 is the last class`)
    for (let channel = 0; channel < CHANNELS; channel++) {
      let to = record * CHANNELS * PIXELS + channel
      const plane = start + 1 + channel * PIXELS
      for (let i = 0; i < PIXELS; i++, to += CHANNELS) pixels[to] = bytes[plane + i]!
    }
  }
  return { pixels, labels, count }
}
