import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Course, takeCourse } from '#bench/agreement/course.ts'
import { OPTIMIZERS } from '#bench/agreement/optimizers.ts'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { openEngine } from '#workers/engine/engine.ts'
import { openCompiledProgram } from '#workers/engine/graph/compiled-program.ts'

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
  test(`${course.preset}: ${title} takes the same ${STEPS} steps compiled as kernel by kernel`, () => {
    const eager = takeCourse(openEagerProgram, course)
    const compiled = takeCourse(openCompiledProgram, course)
    assert.equal(compiled.losses.length, STEPS)
    compiled.losses.forEach((loss, step) => {
      expectNear(loss, eager.losses[step]!, 1e-4 * Math.abs(eager.losses[step]!), `loss of step ${step}`)
    })
    for (const [name, values] of eager.variables) {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      compiled.variables.get(name)!.forEach((value, i) => {
        expectNear(value, values[i]!, 1e-4 * largest, `${name}[${i}]`)
      })
    }
  })
}

function expectNear(actual: number, expected: number, tolerance: number, where: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${where}: ${actual} for ${expected}`)
}
