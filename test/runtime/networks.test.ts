import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { LAYERS } from '#network/layers/layers.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import type { Topology } from '#network/topology.ts'
import { buildGraph } from '#runtime/src/network/build-graph.ts'
import { simplify } from '#runtime/src/network/simplify/simplify.ts'
import { weightsOf } from '#runtime/src/network/weights.ts'
import { assertClose, predict, someInputs } from '#test/support/predict.ts'
import { recordOf } from '#test/support/record.ts'
import { runGraph } from '#test/support/run-graph.ts'
import { NETWORKS } from '#test/workers/layers/networks.ts'
import { SEQUENCE_NETWORKS } from '#test/workers/layers/sequence-networks.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { drawVariables } from '#workers/training/weights.ts'

await openEngine('native')

const BATCH = 3
const SMALL = { ...NETWORKS, ...SEQUENCE_NETWORKS }
const AS_IS = { scale: 1, mean: [0], std: [1] }

/** A model whose weights and statistics are at no special place, about half of the kernels' weights zero. */
function modelOf(topology: Topology) {
  const { params, statistics = [] } = drawVariables(resolveNetwork(topology), 1)
  const random = randomStream(1, 'moved', 1)
  const moved = (weight: FloatTensor) => ({
    ...weight,
    data: weight.data.map(value => value + 0.2 * random.next()),
  })
  const sparse = (weight: FloatTensor) =>
    weight.name.toLowerCase().endsWith('kernel')
      ? { ...weight, data: weight.data.map(value => (random.next() < 0.5 ? 0 : value)) }
      : weight
  return {
    spec: recordOf('mnist-mlp', 0).spec,
    topology,
    weights: params!.map(moved).map(sparse),
    statistics: statistics.map(moved),
    step: 0,
  }
}

function graphOf({ topology, weights, statistics }: ReturnType<typeof modelOf>) {
  return buildGraph({
    topology: JSON.parse(JSON.stringify(topology)),
    weights: weightsOf([...weights, ...statistics]),
    preprocessing: AS_IS,
    outputActivation: 'linear',
    classes: [],
  })
}

it('the networks of this test have every type of layer', () => {
  const types = Object.values(SMALL).flatMap(({ layers }) => layers.map(({ type }) => type))
  assert.deepEqual(new Set(types), new Set(Object.keys(LAYERS)))
})

for (const [name, topology] of Object.entries(SMALL)) {
  it(`${name}: its graph computes what TensorFlow computes`, () => {
    const model = modelOf(topology)
    const x = someInputs(topology, BATCH)
    const expected = predict(model, x, BATCH)
    assertClose(runGraph(graphOf(model), x, BATCH), expected)
    const simple = simplify(graphOf(model))
    assertClose(runGraph(simple, x, BATCH), expected)
  })
}
