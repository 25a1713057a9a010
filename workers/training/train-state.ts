import * as tf from '@tensorflow/tfjs-core'
import type { Clock } from '#domain/clock.ts'
import type { TrainingState } from '#formats/checkpoint.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { Topology } from '#network/topology.ts'
import { statisticsOf, variablesOf } from '#network/variables.ts'
import { computesOnHost } from '#workers/engine/computes-on-host.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import type { Variables } from '#workers/engine/program.ts'
import { type Transform, ticksFrom } from '#workers/optimizers/transform.ts'
import { HELD_GROUPS, type InputPipeline } from './input-pipeline.ts'
import {
  keepOutcomes,
  OUTCOMES,
  type Outcome,
  readOutcome,
  roomForOutcomes,
  type StepOutcome,
  type Sums,
  sumsOf,
} from './outcomes.ts'
import type { StepFunctions } from './step.ts'
import { toTensors, toWeight } from './weights.ts'

/** A batch, whatever its kind: its training knows. */
export interface SomeBatch {
  size: number
}

/** A model in training: its variables are on the device until `end`, and change with each step. */
export interface Training<Batch extends SomeBatch = SomeBatch> {
  /** After the last step. */
  readonly clock: Clock
  /**
   * Takes a step, or as many as the batch is for.
   *
   * @returns the outcomes that are known by now and were not before: those of the batch, or now and then those of many
   */
  step(batch: Batch): StepOutcome[]
  /** Those that are still on the device. Waits for it. */
  readOutcomes(): StepOutcome[]
  evaluate(batch: Batch): Outcome
  /** A copy, in model order. */
  readWeights(): FloatTensor[]
  /** A copy, in model order. */
  readStatistics(): FloatTensor[]
  /** A copy of all that is needed to go on. */
  readState(): TrainingState
  end(): void
}

/** What a training's batches are, and what its model does. */
export interface TrainingOptions<Batch extends SomeBatch> {
  topology: Topology
  feeding: InputPipeline<Batch>
  /** Decides, with the step, what drops out. */
  seed: number
  /** So many steps' outcomes are read at once; with 1, each call gives its own. By default many, where a read would wait. */
  readEvery?: number | undefined
}

/** A wait in as many steps is next to none, and a divergence is told as many steps later at most. */
const MANY_STEPS = 32

export function beginTraining<Batch extends SomeBatch>(
  ingredients: StepFunctions,
  start: TrainingState,
  { topology, feeding, seed, readEvery = computesOnHost() ? 1 : MANY_STEPS }: TrainingOptions<Batch>,
): Training<Batch> {
  const { transform } = ingredients
  const members = (group: string) => (group === 'statistics' ? statisticsOf : variablesOf)(topology)
  let { clock } = start
  const evaluation = (batch: Batch) => ({ routine: 'evaluate', inputs: feeding.examples(batch) })
  /** The call of a batch, and the clocks after each of its steps. */
  const step = (batch: Batch) => {
    const ticks = ticksFrom(transform, clock, feeding.stepsOf(batch))
    const seeds = ticks.map(tick => [seed | 0, tick.clock.step])
    const scalars = ticks.map(tick => tick.scalars)
    const inputs = { ...feeding.examples(batch), ...feeding.changes(seeds, scalars) }
    return { call: { routine: 'step', inputs }, ticks: ticks.map(tick => tick.clock) }
  }
  /** Steps of one call. */
  const mostSteps = Math.max(...feeding.shapes.training.map(feeding.stepsOf))
  /** Steps whose outcomes can stay on the device; none where calls give them. */
  const room = readEvery > 1 ? Math.max(readEvery, mostSteps) : 0
  const program = inScope(() => {
    const given = feeding.routines(ingredients)
    const variables = { ...openVariables(transform, start), ...feeding.hold() }
    const calls = [
      ...feeding.shapes.training.map(batch => step(batch).call),
      ...feeding.shapes.validation.map(evaluation),
    ]
    if (room === 0) return openProgram(variables, given, calls)
    const kept = { [OUTCOMES]: roomForOutcomes(ingredients.objective, room) }
    return openProgram({ ...variables, ...kept }, { ...given, step: keepOutcomes(given.step!) }, calls)
  })
  /** The last steps, whose outcomes nobody knows yet. */
  const unread: Pick<StepOutcome, 'step' | 'examples'>[] = []
  const tell = (sums: readonly Sums[]): StepOutcome[] =>
    unread.splice(0).map((which, index, { length }) => ({ ...which, sums: sums.at(index - length)! }))
  const readOutcomes = () => (unread.length > 0 ? tell(sumsOf(program.read(OUTCOMES))) : [])
  const read = (group: string) => {
    const values = program.read(group)
    return members(group).map(variable => toWeight(variable, values.get(variable.name)!))
  }
  const isState = (group: string) =>
    !HELD_GROUPS.has(group) && group !== OUTCOMES && (group !== 'params' || transform.paramsOf === undefined)
  const groups = program.groups.filter(isState)
  return {
    get clock() {
      return clock
    },
    step(batch) {
      let ticks: Clock[] = []
      const outcome = tf.tidy(() => {
        const next = step(batch)
        ticks = next.ticks
        return program.run(next.call)
      })
      clock = ticks.at(-1)!
      unread.push(...ticks.map(({ step }) => ({ step, examples: batch.size })))
      if (room === 0) return tell(readOutcome(outcome as Outcome))
      return unread.length + mostSteps > room ? readOutcomes() : []
    },
    readOutcomes,
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
