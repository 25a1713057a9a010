import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { resolveNetwork } from '#network/network.ts'
import type { Topology } from '#network/topology.ts'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import { openCompiledProgram } from '#workers/engine/native/graph/compiled-program.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import type { Program } from '#workers/engine/program.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { sgd } from '#workers/optimizers/sgd.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import { stepRoutine } from '#workers/training/step.ts'
import { toTensors } from '#workers/training/weights.ts'
import { arrangeNetwork, SEQUENCE_NETWORKS } from './sequence-networks.ts'

await openEngine('native')

const STEPS = 10

for (const [what, topology] of Object.entries(SEQUENCE_NETWORKS)) {
  test(`${what} takes the same ${STEPS} steps compiled as kernel by kernel`, () => {
    const eager = trainedBy(openEagerProgram, topology)
    const compiled = trainedBy(openCompiledProgram, topology)
    assert.ok(eager.losses.at(-1)! < eager.losses[0]!)
    compiled.losses.forEach((loss, step) => {
      assert.ok(Math.abs(loss - eager.losses[step]!) < 1e-4, `loss of step ${step}`)
    })
    for (const [name, values] of eager.weights) {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      compiled.weights.get(name)!.forEach((value, i) => {
        assert.ok(
          Math.abs(value - values[i]!) < 1e-4 * largest,
          `${name}[${i}] is ${value}, not ${values[i]}`,
        )
      })
    }
  })
}

function trainedBy(
  open: (...args: Parameters<typeof openCompiledProgram>) => Program,
  topology: Topology,
): { losses: number[]; weights: Map<string, Float32Array> } {
  return inScope(() => {
    const { params, statistics, x, labels, seed } = arrangeNetwork(topology)
    const step = stepRoutine({
      model: modelFromNetwork(resolveNetwork(topology)),
      optimizer: sgd(() => 0.1),
      objective: objectiveFor('categoricalCrossentropy'),
      normalise: x => x,
    })
    const call = { routine: 'step', inputs: { x, labels, seed, rate: tf.scalar(0.1) } }
    const groups = { params: toTensors(params), statistics: toTensors(statistics) }
    const program = open(groups, { step }, [call])
    const losses = Array.from({ length: STEPS }, () => program.run(call).lossSum!.dataSync()[0]!)
    const weights = program.read('params')
    program.dispose()
    return { losses, weights }
  })
}
