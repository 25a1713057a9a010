import sharp, { type Metadata, type Sharp } from 'sharp'
import { decodeBmp, isBmp } from './bmp.ts'
import { FormatError } from './format-error.ts'
import { greyOf, rgbOfCmyk } from './image-modes.ts'
import { limitConcurrency } from './limit-concurrency.ts'
import { decodeNetpbm, isNetpbm } from './netpbm.ts'
import type { ImageSize, Pixels } from './pixels.ts'

/** Part of an image, in pixels of the image. */
export interface ImageWindow {
  top: number
  left: number
  height: number
  width: number
}

/** The pixels of an image, and facts about its file that the pixels do not show. */
export interface DecodedImage extends Pixels {
  /** The file has 16 bits per sample; the pixels are the upper 8 of them. */
  is16Bit: boolean
  /** Its EXIF orientation differs from the stored one. */
  hasOrientation: boolean
}

export type Channels = 1 | 3

// The cache of libvips would only use memory, because no image is decoded twice in a row.
sharp.cache(false)
// Images are decoded concurrently; several threads per image would add memory and no speed.
sharp.concurrency(1)

/** As in the evaluation of torchvision's examples: the central 224 pixels of an image scaled to 256. */
const MARGIN = 256 / 224
const MOST_PIXELS = 2 ** 28
const KERNEL = { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false } as const
/** Color profiles are ignored, as in PIL and therefore in Keras and torchvision. */
const OPTIONS = { failOn: 'error', limitInputPixels: MOST_PIXELS, ignoreIcc: true } as const
/** libvips reads more formats, such as SVG, which has no pixels. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif'])
/** A batch needs hundreds of images at once; without a limit all their pixels would be in memory between two steps. */
const inTurn = limitConcurrency(8)

interface OpenImage extends ImageSize {
  image: Sharp
  isCmyk: boolean
  is16Bit: boolean
  hasOrientation: boolean
}

/** A whole image, as `convert('RGB')` or `convert('L')` of PIL returns it. @throws FormatError */
export async function decodeImage(
  bytes: Uint8Array,
  channels: Channels,
  name: string,
): Promise<DecodedImage> {
  return await decode(bytes, channels, name, image => image)
}

/**
 * A window of an image, scaled to a size with a triangle filter.
 *
 * @param choose returns the window for an image of the given size
 * @throws FormatError
 */
export async function decodeWindow(
  bytes: Uint8Array,
  choose: (size: ImageSize) => ImageWindow,
  [height, width]: readonly number[],
  channels: Channels,
  name: string,
): Promise<Pixels> {
  return await decode(bytes, channels, name, (image, own) =>
    image.extract(choose(own)).resize({ height: height!, width: width!, ...KERNEL }),
  )
}

/** The center of an image, scaled to a size; an image of that size is unchanged. @throws FormatError */
export async function decodeMiddle(
  bytes: Uint8Array,
  [height, width]: readonly number[],
  channels: Channels,
  name: string,
): Promise<Pixels> {
  return await decode(bytes, channels, name, (image, own) => {
    if (own.height === height && own.width === width) return image
    const scale = MARGIN * Math.max(height! / own.height, width! / own.width)
    const scaled = { height: Math.round(own.height * scale), width: Math.round(own.width * scale) }
    const middle = {
      top: Math.round((scaled.height - height!) / 2),
      left: Math.round((scaled.width - width!) / 2),
      height: height!,
      width: width!,
    }
    return image.resize({ ...scaled, ...KERNEL }).extract(middle)
  })
}

async function decode(
  bytes: Uint8Array,
  channels: Channels,
  name: string,
  shape: (image: Sharp, own: ImageSize) => Sharp,
): Promise<DecodedImage> {
  if (bytes.length === 0) throw new FormatError(`${name} is empty: it has 0 bytes`)
  return await inTurn(async () => {
    const { image, isCmyk, is16Bit, hasOrientation, ...own } = await open(bytes)
    const { data, info } = await raw(shape(image, own), isCmyk ? 'cmyk' : 'srgb')
    const rgb = isCmyk ? rgbOfCmyk(data) : data
    return {
      data: channels === 1 ? greyOf(rgb) : rgb,
      height: info.height,
      width: info.width,
      is16Bit,
      hasOrientation,
    }
  }).catch(error => {
    throw new FormatError(`${name} is not an image that can be read: ${reasonOf(error)}`)
  })
}

/** libvips collects error messages for the whole process, so those of images that are decoded concurrently are mixed up. */
function reasonOf(error: Error): string {
  if (error instanceof FormatError) return error.message
  if (error.message.includes('unsupported image format')) return 'its format is not supported'
  if (error.message.includes('pixel limit')) return `it has more than ${MOST_PIXELS} pixels`
  return 'it is damaged or cut off'
}

async function open(bytes: Uint8Array): Promise<OpenImage> {
  if (isBmp(bytes)) return openPixels(decodeBmp(bytes, MOST_PIXELS))
  if (isNetpbm(bytes)) return openPixels(decodeNetpbm(bytes, MOST_PIXELS))
  const image = sharp(bytes, OPTIONS)
  const found = await image.metadata()
  requireReadable(found)
  const is16Bit = found.depth === 'ushort'
  const hasOrientation = (found.orientation ?? 1) !== 1
  if (found.hasAlpha) {
    // Alpha is dropped first, as in PIL, because scaling would weight colors by alpha.
    const { data, info } = await raw(image, 'srgb')
    return openPixels({ data, height: info.height, width: info.width, is16Bit, hasOrientation })
  }
  const isCmyk = found.space === 'cmyk'
  if (isCmyk) image.pipelineColourspace('cmyk')
  return { image, height: found.height, width: found.width, isCmyk, is16Bit, hasOrientation }
}

function openPixels({
  data,
  height,
  width,
  is16Bit = false,
  hasOrientation = false,
}: Pixels & Partial<DecodedImage>): OpenImage {
  const image = sharp(data, { raw: { height, width, channels: 3 }, limitInputPixels: MOST_PIXELS })
  return { image, height, width, isCmyk: false, is16Bit, hasOrientation }
}

/** @throws FormatError for a format that is not supported, or samples that are not 8 or 16 bits */
function requireReadable({ format, depth }: Metadata): void {
  if (!FORMATS.has(format)) throw new FormatError(`its format is ${format}; convert it to PNG or JPEG`)
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new FormatError(`its samples are of type ${depth}; convert it to 8 or 16 bits per sample`)
}

async function raw(image: Sharp, space: 'srgb' | 'cmyk') {
  const answer = await image.removeAlpha().toColourspace(space).raw().toBuffer({ resolveWithObject: true })
  const channels = space === 'cmyk' ? 4 : 3
  if (answer.info.channels !== channels) throw new FormatError(`it has ${answer.info.channels} channels`)
  return answer
}
