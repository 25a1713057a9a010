import type { ImageWindow } from '#formats/image.ts'
import type { Random } from '#network/random.ts'
import type { ImageTransform } from './image-transform.ts'

const AREA = [0.08, 1] as const
const RATIO = [3 / 4, 4 / 3] as const
const ATTEMPTS = 10

/** A random part of the image, scaled to the image's size with linear interpolation between pixel centers. */
export function randomResizedCrop(inputShape: readonly number[]): ImageTransform {
  const [height, width, channels] = inputShape as [number, number, number]
  const [rows, columns] = [new Interpolation(height), new Interpolation(width)]
  return (source, target, random) => {
    const window = drawWindow(height, width, random)
    rows.place(window.top, window.height, width * channels)
    columns.place(window.left, window.width, channels)
    let next = 0
    for (let y = 0; y < height; y++) {
      const [above, below, down] = [rows.first[y]!, rows.second[y]!, rows.share[y]!]
      for (let x = 0; x < width; x++) {
        const [left, right, share] = [columns.first[x]!, columns.second[x]!, columns.share[x]!]
        for (let channel = 0; channel < channels; channel++) {
          const upper = mix(source[above + left + channel]!, source[above + right + channel]!, share)
          const lower = mix(source[below + left + channel]!, source[below + right + channel]!, share)
          // Rounds half up, since no value is negative.
          target[next++] = mix(upper, lower, down) + 0.5
        }
      }
    }
  }
}

/**
 * Draws a window like torchvision's RandomResizedCrop: uniform area and log-uniform aspect ratio; after ten windows that do not fit, the
 * largest centered square.
 */
export function drawWindow(height: number, width: number, random: Random): ImageWindow {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = height * width * mix(AREA[0], AREA[1], random.next())
    const ratio = Math.exp(mix(Math.log(RATIO[0]), Math.log(RATIO[1]), random.next()))
    const windowWidth = Math.round(Math.sqrt(area * ratio))
    const windowHeight = Math.round(Math.sqrt(area / ratio))
    if (windowWidth < 1 || windowHeight < 1 || windowWidth > width || windowHeight > height) continue
    const top = random.below(height - windowHeight + 1)
    const left = random.below(width - windowWidth + 1)
    return { top, left, height: windowHeight, width: windowWidth }
  }
  const side = Math.min(height, width)
  return { top: (height - side) >> 1, left: (width - side) >> 1, height: side, width: side }
}

/** For each target pixel along one axis: the memory offsets of the two nearest source pixels, and the weight of the second one. */
class Interpolation {
  readonly first: Int32Array
  readonly second: Int32Array
  readonly share: Float64Array
  readonly #limit: number

  /** @param limit pixels along the axis, in the source and in the target */
  constructor(limit: number) {
    this.first = new Int32Array(limit)
    this.second = new Int32Array(limit)
    this.share = new Float64Array(limit)
    this.#limit = limit
  }

  /** Stretches `length` source pixels from `start` over the whole axis. @param stride from one pixel to the next in memory */
  place(start: number, length: number, stride: number): void {
    const limit = this.#limit
    for (let position = 0; position < limit; position++) {
      const centre = start + ((position + 0.5) * length) / limit - 0.5
      const within = Math.min(Math.max(centre, start), start + length - 1)
      const first = Math.floor(within)
      this.first[position] = first * stride
      this.second[position] = Math.min(first + 1, limit - 1) * stride
      this.share[position] = within - first
    }
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share
}
