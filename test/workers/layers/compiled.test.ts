import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { resolveNetwork } from '#network/network.ts'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { openCompiledProgram } from '#workers/engine/native/graph/compiled-program.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import type { Program, Routine } from '#workers/engine/program.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { crossEntropy } from '#workers/training/losses.ts'
import { arrange } from './network-battery.ts'
import { NETWORKS } from './networks.ts'

await openEngine('native')

for (const [name, topology] of Object.entries(NETWORKS)) {
  test(`the ${name} network computes the same compiled as kernel by kernel`, () => {
    const eager = valuesOf(openEagerProgram)
    const compiled = valuesOf(openCompiledProgram)
    assert.deepEqual(Object.keys(compiled), Object.keys(eager))
    for (const [output, values] of Object.entries(eager)) {
      for (const [i, value] of values.entries())
        assert.ok(Math.abs(compiled[output]![i]! - value) < 1e-5, `${output}[${i}]`)
    }
  })

  function valuesOf(open: (...args: Parameters<typeof openCompiledProgram>) => Program) {
    const model = modelFromNetwork(resolveNetwork(topology))
    const differentiate: Routine = (variables, { x, labels, seed }) => {
      const groups = { ...variables.params, ...variables.statistics }
      const { logits, statistics, pullback } = model(groups, x!, { seed: seed as tf.Tensor1D })
      const { gradientOfMean } = crossEntropy(logits, labels as tf.Tensor1D)
      return { outputs: { logits, ...statistics, ...pullback(gradientOfMean) } }
    }
    return tf.tidy(() => {
      const { params, statistics, x, labels, pass } = arrange(topology)
      const call = { routine: 'differentiate', inputs: { x, labels, ...pass } }
      const program = open({ params, statistics }, { differentiate }, [call])
      const outputs = Object.entries(program.run(call)).map(([output, tensor]) => [output, tensor.dataSync()])
      program.dispose()
      return Object.fromEntries(outputs) as Record<string, Float32Array>
    })
  }
}
