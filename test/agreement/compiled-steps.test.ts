import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEngine } from '#workers/engine/open-engine.ts'
import { agrees, measure } from './compiled-steps/measure.ts'
import { OPTIMIZERS } from './compiled-steps/optimizers.ts'
import type { TrajectorySpec } from './trajectory/trajectory.ts'

await openEngine('native')

const STEPS = 200

// compiled-steps.study.ts compares every preset under every optimizer; these are the ones that take seconds.
for (const [title, optimizer] of OPTIMIZERS) {
  for (const preset of ['mnist-mlp', 'mnist-lenet'] as const)
    compare(title, { preset, optimizer, batchSize: 8, steps: STEPS })
}
compare('gRDA, with dropout', {
  preset: 'cifar10-cnn',
  optimizer: OPTIMIZERS.get('gRDA')!,
  batchSize: 2,
  steps: STEPS,
})

function compare(title: string, spec: TrajectorySpec): void {
  test(`${spec.preset}: ${title} takes the same ${STEPS} steps compiled as kernel by kernel, to rounding`, () => {
    const measured = measure(spec)
    assert.ok(agrees(measured), JSON.stringify(measured))
  })
}
