import type { Random } from '#domain/random.ts'
import type { ImageWindow } from '#formats/image.ts'
import type { Variation } from './augment.ts'

const AREA = [0.08, 1] as const
const RATIO = [3 / 4, 4 / 3] as const
const ATTEMPTS = 10

/** A random part of the image, scaled to the image's size with linear interpolation between pixel centres. */
export function randomResizedCrop(inputShape: readonly number[]): Variation {
  const [height, width, channels] = inputShape as [number, number, number]
  return (source, target, random) => {
    const window = drawWindow(height, width, random)
    const columns = interpolation(width, window.left, window.width, width)
    const rows = interpolation(height, window.top, window.height, height)
    let next = 0
    for (const row of rows) {
      const [above, below] = [row.first * width, row.second * width]
      for (const column of columns) {
        for (let channel = 0; channel < channels; channel++) {
          const at = (start: number, x: number) => source[(start + x) * channels + channel]!
          const upper = mix(at(above, column.first), at(above, column.second), column.share)
          const lower = mix(at(below, column.first), at(below, column.second), column.share)
          target[next++] = Math.round(mix(upper, lower, row.share))
        }
      }
    }
  }
}

/** As torchvision draws it: area uniform, ratio log-uniform, and after ten that do not fit the largest centred square. */
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

/** For each of `count` pixels the two of the source between which it lies, and how far it is towards the second. */
function interpolation(count: number, start: number, length: number, limit: number) {
  return Array.from({ length: count }, (_, position) => {
    const centre = start + ((position + 0.5) * length) / count - 0.5
    const within = Math.min(Math.max(centre, start), start + length - 1)
    const first = Math.floor(within)
    return { first, second: Math.min(first + 1, limit - 1), share: within - first }
  })
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share
}
