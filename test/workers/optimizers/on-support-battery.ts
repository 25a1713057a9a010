import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import { clipByGlobalNorm } from '#workers/optimizers/clip-by-global-norm.ts'
import { chain, transformGradients } from '#workers/optimizers/gradient-transform.ts'
import { grda } from '#workers/optimizers/grda.ts'
import { onSupport } from '#workers/optimizers/on-support.ts'
import { type Optimizer, toScalars } from '#workers/optimizers/optimizer.ts'
import { sgd } from '#workers/optimizers/sgd.ts'
import { OPTIMIZERS } from './battery.ts'
import { randomValues, toTensors, type Values } from './descend.ts'

/** Tests of training on the support, on the engine that is open. */
export function testOnSupport(): void {
  for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
    test(`on the support, ${name} trains the other weights and leaves zeros at +0, eagerly and compiled`, () => {
      const start = cutValues()
      const trained = train(openProgram, optimizer, start)
      for (const [variable, { data }] of Object.entries(start)) {
        const values = trained.get(variable)!
        assert.ok(data.some(w => w === 0))
        data.forEach((before, i) => {
          const after = values[i]!
          if (before === 0) assert.ok(Object.is(after, 0), `${variable}[${i}] is ${after}`)
          else assert.notEqual(after, before)
        })
      }
      for (const [variable, values] of train(openEagerProgram, optimizer, start)) {
        values.forEach((eager, i) => {
          const compiled = trained.get(variable)![i]!
          assert.ok(Math.abs(compiled - eager) <= 1e-5, `${variable}[${i}]: ${compiled} and ${eager}`)
          assert.equal(Object.is(compiled, 0), Object.is(eager, 0))
        })
      }
    })
  }

  test('on the support, a gradient that is not finite leaves a zero at +0', () => {
    const optimizer = transformGradients(
      onSupport(),
      sgd(() => 1),
    )
    const w = update(optimizer, { w: [0, 0, 2] }, { w: [Number.NaN, Number.POSITIVE_INFINITY, 1] })
    assert.deepEqual(w, [0, 0, 1])
  })

  test('on the support, a weight of gRDA below the threshold can return', () => {
    const optimizer = transformGradients(
      onSupport(),
      grda({ c: 0.5, mu: 1, clock: 'steps' }, () => 1),
    )
    const w = update(optimizer, { w: [0.25, 0, 2] }, { w: [-1, -1, 0] }, { w: [0, 0, 2] })
    assert.deepEqual(w, [0.75, 0, 1.5])
  })

  test('a norm that is computed on the support does not include the gradients of zeros', () => {
    const optimizer = transformGradients(
      chain(onSupport(), clipByGlobalNorm(1)),
      sgd(() => 1),
    )
    assert.deepEqual(update(optimizer, { w: [0, 3] }, { w: [100, 1] }), [0, 2])
  })
}

/** Random values with every third one set to +0. */
function cutValues(): Values {
  const values = randomValues(6)
  for (const { data } of Object.values(values))
    data.forEach((_, i) => {
      if (i % 3 === 0) data[i] = 0
    })
  return values
}

/** Takes 20 steps on the support towards the target 1 of every weight, also of those that are zero. */
function train(open: typeof openProgram, base: Optimizer, start: Values): Map<string, Float32Array> {
  const optimizer = transformGradients(onSupport(), base)
  const routines = {
    step({ params, ...slots }: Readonly<Record<string, tf.NamedTensorMap>>, scalars: tf.NamedTensorMap) {
      const gradients = Object.fromEntries(
        Object.entries(params!).map(([name, w]) => [name, tf.sub(w, 1)] as const),
      )
      const next = optimizer.update(gradients, slots, params!, scalars as Record<string, tf.Scalar>)
      return { outputs: {}, variables: { params: next.params, ...next.slots } }
    },
  }
  let { clock } = optimizer
  const params = toTensors(start)
  const first = toScalars(optimizer.tick(clock).scalars)
  const slots = tf.tidy(() => optimizer.init(params))
  const program = open({ params, ...slots }, routines, [{ routine: 'step', inputs: first }])
  tf.dispose(first)
  for (let step = 0; step < 20; step++) {
    const tick = optimizer.tick(clock)
    const inputs = toScalars(tick.scalars)
    program.run({ routine: 'step', inputs })
    tf.dispose(inputs)
    clock = tick.clock
  }
  const values = program.read('params')
  program.dispose()
  return values
}

/** One step. @param accumulator absent: that of the start @returns the variable `w` */
function update(
  optimizer: Optimizer,
  accumulator: Record<string, number[]>,
  gradients: Record<string, number[]>,
  params = accumulator,
): number[] {
  return tf.tidy(() => {
    const { scalars } = optimizer.tick(optimizer.clock)
    const slots = optimizer.init(tensors(accumulator))
    const next = optimizer.update(tensors(gradients), slots, tensors(params), toScalars(scalars))
    return [...next.params.w!.dataSync<'float32'>()]
  })
}

function tensors(values: Record<string, number[]>): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, tf.tensor1d(list)]))
}
