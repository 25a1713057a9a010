import assert from 'node:assert/strict'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '#network/random.ts'
import type { Clock } from '#optimization/clock.ts'
import { type Optimizer, type Slots, toScalars } from '#workers/optimizers/optimizer.ts'

/** Variables on the host. */
export type Values = Record<string, { shape: number[]; data: Float32Array }>

/** The end of a training, on the host: all that is needed to continue. */
export interface End {
  values: Values
  slots: Record<string, Values>
  clock: Clock
}

/** Minimises sum(w^2) / 2, whose gradient is w. */
export function descend(
  optimizer: Optimizer,
  values: Values,
  steps: number,
  saved?: Pick<End, 'slots' | 'clock'>,
): End {
  let end: End | undefined
  tf.tidy(() => {
    let params = toTensors(values)
    let slots: Slots = saved ? mapRecord(saved.slots, toTensors) : optimizer.init(params)
    let clock = saved?.clock ?? optimizer.clock
    for (let step = 0; step < steps; step++) {
      const next = optimizer.tick(clock)
      ;({ params, slots } = optimizer.update(params, slots, params, toScalars(next.scalars)))
      clock = next.clock
    }
    end = { values: toValues(params), slots: mapRecord(slots, toValues), clock }
  })
  return end!
}

export function toTensors(values: Values): tf.NamedTensorMap {
  return mapRecord(values, ({ shape, data }) => tf.tensor(data, shape, 'float32'))
}

function toValues(tensors: tf.NamedTensorMap): Values {
  return mapRecord(tensors, tensor => {
    assert.equal(tensor.dtype, 'float32')
    return { shape: tensor.shape, data: tensor.dataSync<'float32'>().slice() }
  })
}

export function mapRecord<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]))
}

export function randomValues(seed: number): Values {
  const random = randomStream(seed, 'test')
  const draw = (shape: number[], size: number) => ({
    shape,
    data: Float32Array.from({ length: size }, () => random.normal()),
  })
  return { kernel: draw([8, 5], 40), bias: draw([5], 5) }
}
