import { blackCanvas } from './digit-pixels.ts'
import { element } from './element.ts'
import { pixelPreview } from './pixel-preview.ts'

/** The weights of red, green and blue in a gray value (ITU-R BT.601, section 2.5.1). */
const LUMA = [0.299, 0.587, 0.114] as const

/**
 * A field for an image file. The center of the image is scaled to the size of the model's image, by the browser.
 * @param shape [height, width, channels] of the model's image, with 1 or 3 channels
 */
export function imageFile(
  [height, width, channels]: readonly [number, number, number],
  onExample: (example: Float32Array | Error) => void,
): HTMLElement {
  const preview = pixelPreview([height, width], channels)
  const field = element('input', { type: 'file', accept: 'image/*' })
  field.addEventListener('change', async () => {
    const [file] = field.files ?? []
    if (!file) return
    const image = await createImageBitmap(file).catch(() => undefined)
    if (!image) return onExample(new Error(`${file.name} is not an image that this browser reads.`))
    const pixels = centerPixels(image, [height, width, channels])
    preview.show(pixels)
    onExample(pixels)
  })
  return element(
    'div',
    { className: 'row' },
    element('label', null, 'Image file', field),
    element('figure', null, preview.canvas, element('figcaption', null, 'What the model sees')),
  )
}

function centerPixels(
  image: ImageBitmap,
  [height, width, channels]: readonly [number, number, number],
): Float32Array {
  const context = blackCanvas(width, height)
  context.imageSmoothingQuality = 'high'
  const scale = Math.min(image.width / width, image.height / height)
  const [wide, high] = [scale * width, scale * height]
  const [left, top] = [(image.width - wide) / 2, (image.height - high) / 2]
  context.drawImage(image, left, top, wide, high, 0, 0, width, height)
  const { data } = context.getImageData(0, 0, width, height)
  return Float32Array.from({ length: width * height * channels }, (_, index) => {
    const pixel = 4 * Math.floor(index / channels)
    if (channels === 3) return data[pixel + (index % 3)]!
    return Math.round(LUMA.reduce((sum, weight, channel) => sum + weight * data[pixel + channel]!, 0))
  })
}
