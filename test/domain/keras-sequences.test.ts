import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { topologyFromKeras } from '#domain/keras-model.ts'

const input = (...shape: number[]) => ({
  class_name: 'InputLayer',
  config: { name: 'input', batch_shape: [null, ...shape] },
})
const layer = (class_name: string, config: object = {}) => ({
  class_name,
  config: { name: class_name, ...config },
})
const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: { layers } })
const dense = layer('Dense', { units: 10 })

const REFUSED: Record<string, [json: unknown, path: string, message: RegExp]> = {
  'a normalisation of the root mean square': [
    sequential(input(8), layer('LayerNormalization', { rms_scaling: true }), dense),
    'model.topology.config.layers.1.config.rms_scaling',
    /must be false/,
  ],
  'a layer normalisation over time': [
    sequential(input(5, 8), layer('LayerNormalization', { axis: [1] }), layer('Flatten'), dense),
    'model.topology.config.layers.1.config.axis',
    /must be -1, the last/,
  ],
  'a layer normalisation without scale': [
    sequential(input(8), layer('LayerNormalization', { scale: false }), dense),
    'model.topology.config.layers.1.config.scale',
    /must be true/,
  ],
  'a layer normalisation of images': [
    sequential(input(8, 8, 3), layer('LayerNormalization'), layer('Flatten'), dense),
    'model.topology.config.layers',
    /LayerNormalization takes vectors \(flatten first\) or sequences, not \[8,8,3\]/,
  ],
  'an answer for every step': [
    sequential(input(5, 8), dense),
    'model.topology.config.layers',
    /must end in one number a class, not in \[5,10\] of Dense/,
  ],
}

for (const [what, [json, path, message]] of Object.entries(REFUSED)) {
  it(`${what} is refused by the place where it is`, () => {
    assert.throws(
      () => topologyFromKeras(json),
      error => {
        assert.ok(error instanceof AppError)
        assert.equal(error.mistakes[0]?.path, path)
        assert.match(error.mistakes[0]!.message, message)
        return true
      },
    )
  })
}
