import { blackCanvas } from './digit-pixels.ts'

/** Shows the pixels that enter the model. */
export interface PixelPreview {
  canvas: HTMLCanvasElement
  /** @param pixels [height, width, channels], 0 to 255; undefined: black */
  show(pixels: ArrayLike<number> | undefined): void
}

export function pixelPreview([height, width]: readonly [number, number], channels: number): PixelPreview {
  const context = blackCanvas(width, height)
  const { canvas } = context
  canvas.className = 'preview'
  canvas.setAttribute('role', 'img')
  canvas.setAttribute('aria-label', `The ${width} by ${height} pixels that the model sees`)
  return {
    canvas,
    show(pixels) {
      const image = context.createImageData(width, height)
      for (let pixel = 0; pixel < width * height; pixel++) {
        for (let channel = 0; channel < 3; channel++)
          image.data[4 * pixel + channel] = pixels?.[pixel * channels + (channel % channels)] ?? 0
        image.data[4 * pixel + 3] = 255
      }
      context.putImageData(image, 0, 0)
    },
  }
}
