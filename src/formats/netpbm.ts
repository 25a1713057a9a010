import { FormatError } from './format-error.ts'
import type { Pixels } from './pixels.ts'

/** The meaning of each magic number: bits, gray levels or colors, as text or as bytes. */
const KINDS: Readonly<Record<string, { channels: 1 | 3; isBits: boolean; isText: boolean }>> = {
  P1: { channels: 1, isBits: true, isText: true },
  P2: { channels: 1, isBits: false, isText: true },
  P3: { channels: 3, isBits: false, isText: true },
  P4: { channels: 1, isBits: true, isText: false },
  P5: { channels: 1, isBits: false, isText: false },
  P6: { channels: 3, isBits: false, isText: false },
}
const LONGEST_HEADER = 4096
/** Magic number, width, height and, except in a PBM, the largest sample; comments may precede each. */
const GAP = String.raw`(?:\s|#[^\n]*\n)+`
const BITS_HEADER = new RegExp(`^P[14]${GAP}(\\d+)${GAP}(\\d+)\\s`)
const HEADER = new RegExp(`^P[2356]${GAP}(\\d+)${GAP}(\\d+)${GAP}(\\d+)\\s`)

export function isNetpbm(bytes: Uint8Array): boolean {
  return /^P[1-6][\s#]/.test(textOf(bytes.subarray(0, 3)))
}

/** A PBM, PGM or PPM image as RGB (netpbm.sourceforge.net): libvips is built without them. @throws FormatError */
export function decodeNetpbm(bytes: Uint8Array, mostPixels: number): Pixels & { is16Bit: boolean } {
  const start = textOf(bytes.subarray(0, LONGEST_HEADER))
  const { channels, isBits, isText } = KINDS[start.slice(0, 2)]!
  const [header, ...numbers] = (isBits ? BITS_HEADER : HEADER).exec(start) ?? []
  if (!header) throw new FormatError('its header is not that of a PBM, PGM or PPM image')
  const [width, height, most = 1] = numbers.map(Number) as [number, number, number?]
  if (width < 1 || height < 1 || width * height > mostPixels)
    throw new FormatError(`it is an image of ${width} x ${height} pixels`)
  if (most < 1 || most > 65_535) throw new FormatError(`its largest sample is ${most}; the limit is 65535`)
  const body = bytes.subarray(header.length)
  const rowSamples = width * channels
  const count = rowSamples * height
  const samples = isText
    ? numbersIn(body, isBits)
    : isBits
      ? bitsIn(body, rowSamples)
      : bytesIn(body, most > 255 ? 2 : 1)
  const shades = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const { value, done } = samples.next()
    if (done || value === undefined) throw new FormatError('the image is cut off')
    // The upper 8 of 16 bits, as in other formats. In a PBM, 1 is black.
    if (isBits) shades[i] = value === 0 ? 255 : 0
    else shades[i] = most > 255 ? Math.floor((value * 256) / (most + 1)) : Math.round((value * 255) / most)
  }
  return { data: channels === 3 ? shades : inThree(shades), height, width, is16Bit: most > 255 }
}

function* numbersIn(body: Uint8Array, isBits: boolean): Generator<number, void, undefined> {
  const text = textOf(body).replace(/#[^\n]*/g, '')
  for (const [digits] of text.matchAll(isBits ? /[01]/g : /\d+/g)) yield Number(digits)
}

/** Rows begin at byte boundaries. */
function* bitsIn(body: Uint8Array, rowBits: number): Generator<number, void, undefined> {
  const rowBytes = Math.ceil(rowBits / 8)
  for (let row = 0; row < body.length; row += rowBytes) {
    for (let x = 0; x < rowBits; x++) {
      const byte = body[row + (x >> 3)]
      if (byte === undefined) return
      yield (byte >> (7 - (x & 7))) & 1
    }
  }
}

function* bytesIn(body: Uint8Array, bytes: 1 | 2): Generator<number, void, undefined> {
  for (let at = 0; at + bytes <= body.length; at += bytes)
    yield bytes === 1 ? body[at]! : body[at]! * 256 + body[at + 1]!
}

function inThree(shades: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(shades.length * 3)
  for (let i = 0; i < shades.length; i++) rgb.fill(shades[i]!, 3 * i, 3 * i + 3)
  return rgb
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
