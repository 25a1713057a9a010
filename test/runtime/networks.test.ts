import assert from 'node:assert/strict'
import { it } from 'node:test'
import { LAYERS } from '#network/layers/layers.ts'
import { fromNetwork } from '#runtime/src/index.ts'
import { buildGraph } from '#runtime/src/network/build-graph.ts'
import { simplify } from '#runtime/src/network/simplify/simplify.ts'
import { weightsOf } from '#runtime/src/network/weights.ts'
import { assertClose, predict, someInputs } from '#test/support/predict.ts'
import { runGraph } from '#test/support/run-graph.ts'
import { NETWORKS } from '#test/workers/layers/networks.ts'
import { SEQUENCE_NETWORKS } from '#test/workers/layers/sequence-networks.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { networkOf, randomModel } from './random-model.ts'

await openEngine('native')

const BATCH = 3
const SMALL = { ...NETWORKS, ...SEQUENCE_NETWORKS }

it('the networks of this test have every type of layer', () => {
  const types = Object.values(SMALL).flatMap(({ layers }) => layers.map(({ type }) => type))
  assert.deepEqual(new Set(types), new Set(Object.keys(LAYERS)))
})

for (const [name, topology] of Object.entries(SMALL)) {
  const model = randomModel(topology)
  const x = someInputs(topology, BATCH)
  const { tensors, ...network } = networkOf(model)
  const graph = () => buildGraph({ ...network, weights: weightsOf(tensors) })

  it(`${name}: its graph computes what TensorFlow computes`, () => {
    assertClose(runGraph(graph(), x, BATCH), predict(model, x, BATCH))
  })

  it(`${name}: its graph computes the same after it is simplified`, () => {
    const simple = simplify(graph())
    assert.ok(simple.nodes.length <= graph().nodes.length)
    assertClose(runGraph(simple, x, BATCH), predict(model, x, BATCH))
  })

  for (const backend of ['native', 'wasm'] as const)
    for (const threads of [1, 2])
      it(`${name}: ${backend} on ${threads} threads predicts what TensorFlow predicts`, async () => {
        const opened = await fromNetwork(networkOf(model), { backend, threads })
        assertClose(opened.predict(x), predict(model, x, BATCH))
        opened.dispose()
      })
}
