import * as tf from '@tensorflow/tfjs-core'
import type { Clock } from '#domain/clock.ts'
import type { Topology } from '#domain/model-spec.ts'
import { statisticsOf, variablesOf } from '#domain/variables.ts'
import type { TrainingState } from '#formats/checkpoint.ts'
import type { Weight } from '#formats/named-tensor.ts'
import { type BatchLayout, blankBatch, uploadBatch } from './data/batch-tensors.ts'
import type { Batch } from './data/batches.ts'
import { inScope } from './engine/in-scope.ts'
import { openProgram, type Variables } from './engine/program.ts'
import { type Transform, toScalars } from './optimizers/transform.ts'
import { evaluationRoutine, type Ingredients, type Outcome, stepRoutine } from './train-step.ts'
import { toTensors, toWeight } from './weights.ts'

/** A model in training: its variables are on the device until `end`, and change with each step. */
export interface Training {
  /** After the last step. */
  readonly clock: Clock
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

/** The numbers of examples that batches will have: usually the batch size, and what is left for the last one. */
export interface BatchSizes {
  training: readonly number[]
  validation: readonly number[]
}

/** What a training's batches look like, and what its model does. */
export interface TrainingShape {
  topology: Topology
  layout: BatchLayout
  sizes: BatchSizes
  /** Decides, with the step, what drops out. */
  seed: number
}

export function beginTraining(
  ingredients: Ingredients,
  start: TrainingState,
  { topology, layout, sizes, seed }: TrainingShape,
): Training {
  const { transform } = ingredients
  const members = (group: string) => (group === 'statistics' ? statisticsOf : variablesOf)(topology)
  let { clock } = start
  const evaluation = (batch: Batch) => ({ routine: 'evaluate', inputs: uploadBatch(batch, layout) })
  const step = (batch: Batch, { clock: { step }, scalars }: ReturnType<Transform['tick']>) => ({
    routine: 'step',
    inputs: {
      ...uploadBatch(batch, layout),
      seed: tf.tensor1d([seed | 0, step], 'int32'),
      ...toScalars(scalars),
    },
  })
  const program = inScope(() => {
    const next = transform.tick(clock)
    return openProgram(
      openVariables(transform, start),
      { step: stepRoutine(ingredients), evaluate: evaluationRoutine(ingredients) },
      [
        ...sizes.training.map(size => step(blankBatch(size, layout), next)),
        ...sizes.validation.map(size => evaluation(blankBatch(size, layout))),
      ],
    )
  })
  const read = (group: string) => {
    const values = program.read(group)
    return members(group).map(variable => toWeight(variable, values.get(variable.name)!))
  }
  const groups = program.groups.filter(group => group !== 'params' || !transform.paramsOf)
  return {
    get clock() {
      return clock
    },
    step(batch) {
      const next = transform.tick(clock)
      const outcome = tf.tidy(() => program.run(step(batch, next)))
      clock = next.clock
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
