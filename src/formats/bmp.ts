import { FormatError } from './format-error.ts'
import type { Pixels } from './pixels.ts'

const FILE_HEADER_BYTES = 14
const CORE_HEADER_BYTES = 12
const MASKS_AT = 54
/** BI_RGB, BI_BITFIELDS and BI_ALPHABITFIELDS; the others are run lengths or embedded files of another format. */
const UNCOMPRESSED: readonly number[] = [0, 3, 6]
const DEFAULT_MASKS: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x03e0, 0x001f],
  24: [0xff0000, 0x00ff00, 0x0000ff],
  32: [0xff0000, 0x00ff00, 0x0000ff],
}

interface Header {
  width: number
  height: number
  isTopDown: boolean
  bits: number
  pixelsAt: number
  paletteAt: number
  paletteEntryBytes: number
  /** Bit masks of red, green and blue in a pixel of 16 bits or more. */
  masks: readonly number[] | undefined
}

/** Writes the color of a pixel value as RGB bytes. */
type Paint = (value: number, rgb: Uint8Array, at: number) => void

export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d
}

/** An uncompressed Windows bitmap as RGB (Microsoft, "Bitmap Storage"): libvips does not read bitmaps. @throws FormatError */
export function decodeBmp(bytes: Uint8Array, mostPixels: number): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < MASKS_AT) throw new FormatError('the bitmap is cut off')
  const header = readHeader(view)
  const { width, height, isTopDown, bits, pixelsAt, masks } = header
  if (!masks && ![1, 4, 8].includes(bits)) throw new FormatError(`it is a bitmap of ${bits} bits per pixel`)
  if (width < 1 || height < 1 || width * height > mostPixels)
    throw new FormatError(`it is a bitmap of ${width} x ${height} pixels`)
  const rowBytes = Math.ceil((width * bits) / 32) * 4
  if (pixelsAt < header.paletteAt || pixelsAt + rowBytes * height > bytes.length)
    throw new FormatError('the bitmap is cut off')
  const paint = masks ? masked(masks) : fromPalette(bytes, header)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, to = 0; y < height; y++) {
    const row = pixelsAt + rowBytes * (isTopDown ? y : height - 1 - y)
    for (let x = 0; x < width; x++, to += 3) paint(valueAt(view, row, x, bits), data, to)
  }
  return { data, height, width }
}

function readHeader(view: DataView): Header {
  const headerBytes = view.getUint32(14, true)
  const common = { pixelsAt: view.getUint32(10, true), paletteAt: FILE_HEADER_BYTES + headerBytes }
  if (headerBytes === CORE_HEADER_BYTES) {
    const bits = view.getUint16(24, true)
    const size = { width: view.getUint16(18, true), height: view.getUint16(20, true) }
    return { ...common, ...size, isTopDown: false, bits, paletteEntryBytes: 3, masks: DEFAULT_MASKS[bits] }
  }
  const bits = view.getUint16(28, true)
  const compression = view.getUint32(30, true)
  if (headerBytes < 40) throw new FormatError(`it is a bitmap with a header of ${headerBytes} bytes`)
  if (!UNCOMPRESSED.includes(compression))
    throw new FormatError(`it is a bitmap with compression ${compression}; convert it to PNG`)
  const height = view.getInt32(22, true)
  return {
    ...common,
    width: view.getInt32(18, true),
    height: Math.abs(height),
    isTopDown: height < 0,
    bits,
    paletteEntryBytes: 4,
    masks: compression === 0 ? DEFAULT_MASKS[bits] : masksIn(view),
  }
}

function masksIn(view: DataView): number[] {
  if (view.byteLength < MASKS_AT + 12) throw new FormatError('the bitmap is cut off')
  return [0, 4, 8].map(at => view.getUint32(MASKS_AT + at, true))
}

function valueAt(view: DataView, row: number, x: number, bits: number): number {
  switch (bits) {
    case 32:
      return view.getUint32(row + 4 * x, true)
    case 24:
      return view.getUint16(row + 3 * x, true) | (view.getUint8(row + 3 * x + 2) << 16)
    case 16:
      return view.getUint16(row + 2 * x, true)
    default: {
      const byte = view.getUint8(row + ((x * bits) >> 3))
      return (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1)
    }
  }
}

/** Scales a channel of fewer bits to 0..255. */
function masked(masks: readonly number[]): Paint {
  const channels = masks.map(mask => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)
    return { shift, most: mask >>> shift || 1 }
  })
  return (value, rgb, at) => {
    for (const [channel, { shift, most }] of channels.entries())
      rgb[at + channel] = Math.floor((((value & masks[channel]!) >>> shift) * 255) / most)
  }
}

function fromPalette(bytes: Uint8Array, { paletteAt, paletteEntryBytes, pixelsAt }: Header): Paint {
  const palette = bytes.subarray(paletteAt, pixelsAt)
  return (value, rgb, at) => {
    const from = value * paletteEntryBytes
    if (from + 3 > palette.length) throw new FormatError(`its palette has no color ${value}`)
    rgb[at] = palette[from + 2]!
    rgb[at + 1] = palette[from + 1]!
    rgb[at + 2] = palette[from]!
  }
}
