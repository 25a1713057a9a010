import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { fromNetwork } from '#runtime/src/index.ts'
import { assertClose, predict, someImages } from '#test/support/predict.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { networkOf, randomModel } from './random-model.ts'

await openEngine('native')

const COUNT = 2
/** Their examples take seconds, so they are computed only by the kernels that a user gets. */
const LARGE: readonly string[] = ['wrn-28-10', 'resnet50']

for (const preset of PRESET_NAMES)
  describe(`a sparse model of the preset ${preset}`, () => {
    const model = randomModel(PRESET_TOPOLOGIES[preset])
    const images = someImages(model.topology.inputShape, COUNT)
    const expected = predict(model, images, COUNT)
    const outputs = expected.length / COUNT

    it('has outputs that differ from example to example', () => {
      const differences = expected
        .subarray(0, outputs)
        .map((value, i) => Math.abs(value - expected[i + outputs]!))
      assert.ok(Math.max(...differences) > 1e-3 * Math.max(...expected.map(Math.abs)))
    })

    for (const backend of ['native', 'wasm'] as const)
      for (const kernels of LARGE.includes(preset) ? (['auto'] as const) : (['auto', 'dense'] as const))
        it(`predicts what TensorFlow predicts: ${backend}, ${kernels} kernels`, async () => {
          const opened = await fromNetwork(networkOf(model), { backend, kernels })
          assert.match(opened.backend, new RegExp(backend))
          assertClose(opened.predict(images), expected)
          opened.dispose()
        })
  })
