import type { BuildLayer } from '../layer.ts'
import { type Sides, windowsOver } from '../windows.ts'

type Pooling = 'maxPooling' | 'averagePooling'
type GlobalPooling = 'globalMaxPooling' | 'globalAveragePooling'

/** Strides are the size of the pool by default. */
const overImages =
  (op: Pooling): BuildLayer =>
  layer => {
    const [height, width, channels] = layer.image()
    const size = layer.sides('poolSize')
    const options = { size, strides: layer.sides('strides', size), padding: layer.padding() }
    const { windows, counts } = windowsOver([height, width], options)
    return layer.add({ op, ...windows, shape: [...counts, channels] })
  }

/** As images of one row. */
const overSteps =
  (op: Pooling): BuildLayer =>
  layer => {
    const [steps, channels] = layer.sequence()
    const size: Sides = [1, layer.size('poolSize')]
    const strides: Sides = [1, layer.size('strides', size[1])]
    const { windows, counts } = windowsOver([1, steps], { size, strides, padding: layer.padding() })
    const row = layer.reshape(layer.input, [1, steps, channels])
    const pooled = layer.add({ op, ...windows, shape: [...counts, channels] }, [row])
    return layer.reshape(pooled, [counts[1], channels])
  }

const overAll =
  (op: GlobalPooling, rank: number): BuildLayer =>
  layer => {
    const { shape } = layer
    if (shape.length !== rank) layer.refuse(`takes inputs of ${rank} axes, not [${shape}]`)
    const channels = shape.at(-1)!
    return layer.add({
      op,
      shape: layer.flag('keepDims') ? [...shape.slice(1).fill(1), channels] : [channels],
    })
  }

export const POOLING_LAYERS: Readonly<Record<string, BuildLayer>> = {
  maxPooling2d: overImages('maxPooling'),
  averagePooling2d: overImages('averagePooling'),
  maxPooling1d: overSteps('maxPooling'),
  averagePooling1d: overSteps('averagePooling'),
  globalMaxPooling2d: overAll('globalMaxPooling', 3),
  globalAveragePooling2d: overAll('globalAveragePooling', 3),
  globalMaxPooling1d: overAll('globalMaxPooling', 2),
  globalAveragePooling1d: overAll('globalAveragePooling', 2),
}
