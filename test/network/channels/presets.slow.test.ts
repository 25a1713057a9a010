import assert from 'node:assert/strict'
import { it } from 'node:test'
import { removeChannels } from '#network/channels/remove-channels.ts'
import { structureOf } from '#network/channels/structure.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { assertClose } from '#test/support/predict.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { outputsOf, plantZeros, someValues } from './dead-channels.ts'

const BATCH = 1

await openEngine('native')

for (const [name, topology] of Object.entries(PRESET_TOPOLOGIES))
  it(`the removal of channels leaves the outputs of ${name} the same`, () => {
    const values = someValues(topology)
    plantZeros(topology, values, randomStream(1, 'zeros', name), 0.3)
    const smaller = removeChannels(topology, values)
    assertClose(outputsOf(smaller.topology, smaller.values, BATCH), outputsOf(topology, values, BATCH))
    const { parameters, multiplyAdds } = structureOf(topology, smaller.topology, smaller.removed)
    assert.ok(parameters.after < 0.9 * parameters.before, JSON.stringify(parameters))
    assert.ok(multiplyAdds.after < 0.9 * multiplyAdds.before, JSON.stringify(multiplyAdds))
  })
