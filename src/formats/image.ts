import sharp, { type Sharp } from 'sharp'
import { FormatError } from './format-error.ts'

/** Part of an image, in its own pixels. */
export interface ImageWindow {
  top: number
  left: number
  height: number
  width: number
}

export interface Pixels {
  /** [height, width, channels] bytes. */
  data: Uint8Array
  height: number
  width: number
}

export type Channels = 1 | 3

// No image is decoded twice in a row: what libvips keeps for that would only take memory.
sharp.cache(false)
// Images are decoded side by side; threads of each one's own would add memory and no speed.
sharp.concurrency(1)

/** As the examples of torchvision evaluate: of an image scaled to 256, the middle 224. */
const MARGIN = 256 / 224
const MOST_PIXELS = 2 ** 28
const KERNEL = { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false } as const

/** What an image file says of its size. @throws FormatError when it is none that can be read */
export async function imageSize(bytes: Uint8Array, name: string): Promise<{ height: number; width: number }> {
  try {
    const { height, width } = await open(bytes).metadata()
    return { height: height!, width: width! }
  } catch (error) {
    throw new FormatError(`${name} is no image that can be read: ${(error as Error).message}`)
  }
}

/** All of an image, as it is. @throws FormatError */
export async function decodeImage(bytes: Uint8Array, channels: Channels, name: string): Promise<Pixels> {
  return await raw(open(bytes), channels, name)
}

/** A window of an image, scaled to a size with a triangle filter. @throws FormatError */
export async function decodeWindow(
  bytes: Uint8Array,
  window: ImageWindow,
  [height, width]: readonly number[],
  channels: Channels,
  name: string,
): Promise<Pixels> {
  const scaled = open(bytes)
    .extract(window)
    .resize({ height: height!, width: width!, ...KERNEL })
  return await raw(scaled, channels, name)
}

/** The middle of an image, at a size; an image of that size as it is. @throws FormatError */
export async function decodeMiddle(
  bytes: Uint8Array,
  [height, width]: readonly number[],
  channels: Channels,
  name: string,
): Promise<Pixels> {
  const own = await imageSize(bytes, name)
  if (own.height === height && own.width === width) return await decodeImage(bytes, channels, name)
  const scale = MARGIN * Math.max(height! / own.height, width! / own.width)
  const scaled = { height: Math.round(own.height * scale), width: Math.round(own.width * scale) }
  const middle = {
    top: Math.round((scaled.height - height!) / 2),
    left: Math.round((scaled.width - width!) / 2),
    height: height!,
    width: width!,
  }
  return await raw(
    open(bytes)
      .resize({ ...scaled, ...KERNEL })
      .extract(middle),
    channels,
    name,
  )
}

function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS })
}

async function raw(image: Sharp, channels: Channels, name: string): Promise<Pixels> {
  try {
    const coloured = channels === 1 ? image.greyscale() : image.toColourspace('srgb')
    const { data, info } = await coloured.removeAlpha().raw().toBuffer({ resolveWithObject: true })
    if (info.channels !== channels) throw new Error(`it has ${info.channels} channels, not ${channels}`)
    return { data, height: info.height, width: info.width }
  } catch (error) {
    throw new FormatError(`${name} is no image that can be read: ${(error as Error).message}`)
  }
}
