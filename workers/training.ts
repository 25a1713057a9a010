import * as tf from '@tensorflow/tfjs-core'
import type { Clock } from '#domain/clock.ts'
import type { Topology } from '#domain/model-spec.ts'
import { statisticsOf, variablesOf } from '#domain/variables.ts'
import type { TrainingState } from '#formats/checkpoint.ts'
import type { Weight } from '#formats/named-tensor.ts'
import { inScope } from './engine/in-scope.ts'
import { openProgram, type Variables } from './engine/program.ts'
import { type Feeding, HELD_GROUPS } from './feeding.ts'
import { type Transform, ticksFrom } from './optimizers/transform.ts'
import type { Ingredients, Outcome } from './train-step.ts'
import { toTensors, toWeight } from './weights.ts'

/** A batch, whatever its kind: its training knows. */
export interface SomeBatch {
  size: number
}

/** A model in training: its variables are on the device until `end`, and change with each step. */
export interface Training<Batch extends SomeBatch = SomeBatch> {
  /** After the last step. */
  readonly clock: Clock
  /** A step, or as many as the batch is for. */
  step(batch: Batch): Outcome
  evaluate(batch: Batch): Outcome
  /** A copy, in model order. */
  readWeights(): Weight[]
  /** A copy, in model order. */
  readStatistics(): Weight[]
  /** A copy of all that is needed to go on. */
  readState(): TrainingState
  end(): void
}

/** What a training's batches are, and what its model does. */
export interface TrainingShape<Batch extends SomeBatch> {
  topology: Topology
  feeding: Feeding<Batch>
  /** Decides, with the step, what drops out. */
  seed: number
}

export function beginTraining<Batch extends SomeBatch>(
  ingredients: Ingredients,
  start: TrainingState,
  { topology, feeding, seed }: TrainingShape<Batch>,
): Training<Batch> {
  const { transform } = ingredients
  const members = (group: string) => (group === 'statistics' ? statisticsOf : variablesOf)(topology)
  let { clock } = start
  const evaluation = (batch: Batch) => ({ routine: 'evaluate', inputs: feeding.examples(batch) })
  /** The call of a batch, and the clock after it. */
  const step = (batch: Batch) => {
    const ticks = ticksFrom(transform, clock, feeding.stepsOf(batch))
    const seeds = ticks.map(tick => [seed | 0, tick.clock.step])
    const scalars = ticks.map(tick => tick.scalars)
    const inputs = { ...feeding.examples(batch), ...feeding.changes(seeds, scalars) }
    return { call: { routine: 'step', inputs }, after: ticks.at(-1)!.clock }
  }
  const program = inScope(() =>
    openProgram({ ...openVariables(transform, start), ...feeding.hold() }, feeding.routines(ingredients), [
      ...feeding.shapes.training.map(batch => step(batch).call),
      ...feeding.shapes.validation.map(evaluation),
    ]),
  )
  const read = (group: string) => {
    const values = program.read(group)
    return members(group).map(variable => toWeight(variable, values.get(variable.name)!))
  }
  const isState = (group: string) =>
    !HELD_GROUPS.has(group) && (group !== 'params' || transform.paramsOf === undefined)
  const groups = program.groups.filter(isState)
  return {
    get clock() {
      return clock
    },
    step(batch) {
      let after = clock
      const outcome = tf.tidy(() => {
        const next = step(batch)
        after = next.after
        return program.run(next.call)
      })
      clock = after
      return outcome as Outcome
    },
    evaluate: batch => tf.tidy(() => program.run(evaluation(batch))) as Outcome,
    readWeights: () => read('params'),
    readStatistics: () => (groups.includes('statistics') ? read('statistics') : []),
    readState: () => ({ clock, variables: Object.fromEntries(groups.map(group => [group, read(group)])) }),
    end: program.dispose,
  }
}

function openVariables(transform: Transform, { clock, variables }: TrainingState): Variables {
  const { params: given, statistics, ...slots } = mapValues(variables, toTensors)
  const params = given ?? transform.paramsOf!(slots, clock)
  return {
    params,
    ...(statistics && { statistics }),
    ...(Object.keys(slots).length > 0 ? slots : transform.init(params)),
  }
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
