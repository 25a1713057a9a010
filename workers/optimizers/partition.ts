import type * as tf from '@tensorflow/tfjs-core'
import type { Clock } from '#optimization/clock.ts'
import { mapTensors, pickTensors } from './map-tensors.ts'
import type { Optimizer, Scalars, ScalarTensors, Slots } from './optimizer.ts'

/**
 * One optimizer composed of several, each of which updates its own variables. Clocks are merged, and so are slots of the same name;
 * therefore all count the same steps, and those with a threshold have the same one.
 * @param optimizers by label
 * @param labelOf the label of the optimizer that updates a variable
 */
export function partition<Label extends string>(
  optimizers: Readonly<Record<Label, Optimizer>>,
  labelOf: (variable: string) => Label,
): Optimizer {
  const parts = Object.entries<Optimizer>(optimizers).map(([label, optimizer]) => {
    const pick = (tensors: tf.NamedTensorMap) => pickTensors(tensors, name => labelOf(name) === label)
    return { label, optimizer, pick, pickSlots: (slots: Slots) => mapSlots(slots, pick) }
  })
  const canRestore = parts.every(({ optimizer }) => optimizer.paramsOf)
  return {
    clock: mergeClocks(parts.map(({ optimizer }) => optimizer.clock)),
    init: params => mergeSlots(parts.map(({ optimizer, pick }) => optimizer.init(pick(params)))),
    tick(clock) {
      const ticks = parts.map(({ label, optimizer }) => ({ label, ...optimizer.tick(clock) }))
      const scalars = ticks.map(({ label, scalars }) => prefixed(label, scalars))
      return { clock: mergeClocks(ticks.map(tick => tick.clock)), scalars: Object.assign({}, ...scalars) }
    },
    update(gradients, slots, params, scalars) {
      const updated = parts.map(({ label, optimizer, pick, pickSlots }) =>
        optimizer.update(pick(gradients), pickSlots(slots), pick(params), withoutPrefix(label, scalars)),
      )
      const changed: tf.NamedTensorMap = Object.assign({}, ...updated.map(part => part.params))
      return {
        params: mapTensors(params, (_, name) => changed[name]!),
        slots: mergeSlots(updated.map(part => part.slots)),
      }
    },
    ...(canRestore && {
      paramsOf: (slots, clock) =>
        Object.assign(
          {},
          ...parts.map(({ optimizer, pickSlots }) => optimizer.paramsOf!(pickSlots(slots), clock)),
        ),
    }),
  }
}

function mergeClocks(clocks: readonly Clock[]): Clock {
  return Object.assign({}, ...clocks)
}

function mapSlots(slots: Slots, change: (tensors: tf.NamedTensorMap) => tf.NamedTensorMap): Slots {
  return Object.fromEntries(Object.entries(slots).map(([slot, tensors]) => [slot, change(tensors)]))
}

function mergeSlots(parts: readonly Slots[]): Slots {
  const merged: Record<string, tf.NamedTensorMap> = {}
  for (const slots of parts)
    for (const [slot, tensors] of Object.entries(slots)) merged[slot] = { ...merged[slot], ...tensors }
  return merged
}

function prefixed(label: string, scalars: Scalars): Scalars {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [`${label}.${name}`, value]))
}

function withoutPrefix(label: string, scalars: ScalarTensors): ScalarTensors {
  const prefix = `${label}.`
  const own = Object.entries(scalars).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}
