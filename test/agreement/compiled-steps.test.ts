import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measure } from '#test/agreement/compiled-steps/measure.ts'
import { OPTIMIZERS } from '#test/agreement/compiled-steps/optimizers.ts'
import { agrees } from '#test/agreement/trajectory/tolerance.ts'
import type { Course } from '#test/agreement/trajectory/trajectory.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

await openEngine('native')

const STEPS = 200

// bench/agreement.bench.ts holds every preset under every optimizer; these are the ones that take seconds.
for (const [title, optimizer] of OPTIMIZERS) {
  for (const preset of ['mnist-mlp', 'mnist-lenet'] as const)
    hold(title, { preset, optimizer, batchSize: 8, steps: STEPS })
}
hold('gRDA, with dropout', {
  preset: 'cifar10-cnn',
  optimizer: OPTIMIZERS.get('gRDA')!,
  batchSize: 2,
  steps: STEPS,
})

function hold(title: string, course: Course): void {
  test(`${course.preset}: ${title} takes the same ${STEPS} steps compiled as kernel by kernel, to rounding`, () => {
    const measured = measure(course)
    assert.ok(agrees(measured), JSON.stringify(measured))
  })
}
