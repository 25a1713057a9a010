import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { removeChannels } from '#network/channels/remove-channels.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import { Topology } from '#network/topology.ts'
import { assertClose } from '#test/support/predict.ts'
import { NETWORKS } from '#test/workers/layers/networks.ts'
import { SEQUENCE_NETWORKS } from '#test/workers/layers/sequence-networks.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { outputsOf, plantZeros, someValues } from './dead-channels.ts'

await openEngine('native')

/** The layers that number their channels, and have rules for them. */
const REMOVING = [
  'dense',
  'embedding',
  'conv1d',
  'conv2d',
  'conv2dTranspose',
  'depthwiseConv2d',
  'separableConv2d',
]
const SEEDS = [1, 2, 3, 4, 5, 6]

const removesAny = ({ layers }: Topology) =>
  layers.some(({ type }, index) => index < layers.length - 1 && REMOVING.includes(type))

describe('the removal of channels from random networks with random zeros', () => {
  for (const [name, topology] of Object.entries({ ...NETWORKS, ...SEQUENCE_NETWORKS }))
    it(`leaves the outputs of ${name} the same`, () => {
      let gone = 0
      for (const seed of SEEDS) {
        const values = someValues(topology, seed)
        plantZeros(topology, values, randomStream(seed, 'zeros', name), 0.15 * seed)
        const smaller = removeChannels(topology, values)
        Topology.parse(smaller.topology)
        const network = resolveNetwork(smaller.topology)
        for (const { name: variable, shape } of [...network.variables, ...network.statistics])
          assert.equal(smaller.values.get(variable)!.length, elementCount(shape), variable)
        assertClose(outputsOf(smaller.topology, smaller.values), outputsOf(topology, values))
        const again = removeChannels(smaller.topology, smaller.values)
        assert.deepEqual(again.removed, [], 'a second removal finds nothing')
        gone += smaller.removed.length
      }
      // A network of a single recurrent layer before its outputs has no channels that may go.
      assert.equal(gone > 0, removesAny(topology))
    })
})
