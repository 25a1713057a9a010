import { type Random, randomStream } from '#network/random.ts'
import type { Examples } from './examples.ts'

const SIDE = 32
const CHANNELS = 3
const IMAGE = SIDE * SIDE * CHANNELS
const CLASSES = 10
const VARIANTS = 4
const WAVES = 5
const NOISE_BYTES = 2 ** 20
const NOISE = 35

/**
 * Generated images in the shape of CIFAR-10 that a network can learn: each class has a few patterns of waves, shifted, brightened or
 * darkened, with noise. Every call returns the same images.
 */
export function syntheticCifar10(split: 'train' | 'test', count: number): Examples {
  const patterns = Array.from({ length: CLASSES * VARIANTS }, (_, index) =>
    pattern(randomStream(10, 'pattern', index)),
  )
  const noise = noisePool(randomStream(10, 'noise'))
  const random = randomStream(10, split)
  const x = new Uint8Array(count * IMAGE)
  const labels = new Uint8Array(count)
  for (let image = 0; image < count; image++) {
    const label = random.below(CLASSES)
    labels[image] = label
    const place = {
      dx: random.below(9),
      dy: random.below(9),
      brightness: 40 * random.next() - 20,
      noise: random.below(NOISE_BYTES),
    }
    draw(
      x.subarray(image * IMAGE, (image + 1) * IMAGE),
      patterns[label * VARIANTS + random.below(VARIANTS)]!,
      noise,
      place,
    )
  }
  return { x, labels, count }
}

/** A sum of waves with a whole number of periods over the image, so that a shift can wrap around its edges. */
function pattern(random: Random): Float32Array {
  const values = new Float32Array(IMAGE).fill(128)
  for (let wave = 0; wave < WAVES; wave++) {
    const [fx, fy] = [random.below(5) - 2, random.below(5) - 2]
    const phase = 2 * Math.PI * random.next()
    const colour = Array.from({ length: CHANNELS }, () => 50 * random.next() - 25)
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const height = Math.cos((2 * Math.PI * (fx * x + fy * y)) / SIDE + phase)
        for (let c = 0; c < CHANNELS; c++) values[(y * SIDE + x) * CHANNELS + c]! += colour[c]! * height
      }
    }
  }
  return values
}

function noisePool(random: Random): Float32Array {
  return new Float32Array(NOISE_BYTES + IMAGE).map(() => NOISE * random.normal())
}

function draw(
  image: Uint8Array,
  values: Float32Array,
  noise: Float32Array,
  place: { dx: number; dy: number; brightness: number; noise: number },
): void {
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const from = (((y + place.dy) % SIDE) * SIDE + ((x + place.dx) % SIDE)) * CHANNELS
      for (let c = 0; c < CHANNELS; c++, at++) {
        const value = values[from + c]! + place.brightness + noise[place.noise + at]!
        image[at] = Math.min(255, Math.max(0, value))
      }
    }
  }
}
