import * as tf from '@tensorflow/tfjs-core'
import type { TrainingState } from '#formats/checkpoint.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { Network } from '#network/network.ts'
import { elementCount } from '#network/shape.ts'
import type { Clock, Steering } from '#optimization/clock.ts'
import { computesOnHost } from '#workers/engine/computes-on-host.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import type { Call, Program, Variables } from '#workers/engine/program.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { type Optimizer, ticksFrom } from '#workers/optimizers/optimizer.ts'
import { HELD_GROUPS, type InputPipeline } from './input-pipeline.ts'
import {
  emptyOutcomes,
  keepOutcomes,
  OUTCOMES,
  type Outcome,
  readOutcome,
  type StepFunctions,
  type StepOutcome,
  type Sums,
  sumsOf,
} from './step.ts'
import { toTensors, toWeight } from './weights.ts'

/** A batch of any kind; the input pipeline knows which. */
export interface SizedBatch {
  size: number
}

export interface TrainStateOptions<Batch extends SizedBatch> {
  network: Network
  pipeline: InputPipeline<Batch>
  /** Determines, with the number of the step, which units drop out. */
  seed: number
  /**
   * The number of steps whose outcomes are read at once. By default each call returns its own outcomes if the engine computes on the host;
   * if reading would wait for a GPU, those of many steps are read at once.
   */
  readEvery?: number | undefined
}

/** One wait in this many steps costs almost nothing, and delays the report of a divergence by at most this many steps. */
const MANY_STEPS = 32

/** A model in training: its variables stay on the device until `end`, and every step replaces them. */
export class TrainState<Batch extends SizedBatch = SizedBatch> {
  #functions: StepFunctions
  readonly #options: TrainStateOptions<Batch>
  #program: Program
  #skipping: ReadonlySet<string> = new Set()
  /** The maximum number of steps in one call. */
  readonly #stepsPerCall: number
  /** The number of outcomes that the device keeps; 0 if each call returns its own. */
  readonly #capacity: number
  /** The latest steps, whose outcomes are still on the device. */
  readonly #unread: Pick<StepOutcome, 'step' | 'examples'>[] = []
  #clock: Clock

  constructor(functions: StepFunctions, start: TrainingState, options: TrainStateOptions<Batch>) {
    const { pipeline, readEvery = computesOnHost() ? 1 : MANY_STEPS } = options
    this.#functions = functions
    this.#options = options
    this.#clock = start.clock
    this.#stepsPerCall = Math.max(...pipeline.shapes.training.map(batch => pipeline.stepsOf(batch)))
    this.#capacity = readEvery > 1 ? Math.max(readEvery, this.#stepsPerCall) : 0
    this.#program = inScope(() => this.#openProgram(start))
  }

  /** After the last step. */
  get clock(): Clock {
    return this.#clock
  }

  /**
   * Takes the step of a batch, or all steps of a batch for several steps.
   * @returns the outcomes that have become known: those of this batch, or from time to time those of many steps
   */
  step(batch: Batch): StepOutcome[] {
    let clocks: readonly Clock[] = []
    const outcome = tf.tidy(() => {
      const next = this.#stepCall(batch)
      clocks = next.clocks
      return this.#program.run(next.call)
    })
    this.#clock = clocks.at(-1)!
    this.#unread.push(...clocks.map(({ step }) => ({ step, examples: batch.size })))
    if (this.#capacity === 0) return this.#assignOutcomes(readOutcome(outcome as Outcome))
    return this.#unread.length + this.#stepsPerCall > this.#capacity ? this.readOutcomes() : []
  }

  /** Waits for the device and returns the outcomes that are still on it. */
  readOutcomes(): StepOutcome[] {
    return this.#unread.length > 0 ? this.#assignOutcomes(sumsOf(this.#program.read(OUTCOMES))) : []
  }

  evaluate(batch: Batch): Outcome {
    return tf.tidy(() => this.#program.run(this.#evaluationCall(batch))) as Outcome
  }

  /** A copy of the weights, in model order. */
  readWeights(): FloatTensor[] {
    return this.#read('params')
  }

  /** A copy of the statistics, in model order. */
  readStatistics(): FloatTensor[] {
    return this.#program.groups.includes('statistics') ? this.#read('statistics') : []
  }

  /** A copy of everything that is needed to continue. It omits params that the optimizer's slots determine. */
  readState(): TrainingState {
    const canRestoreParams = this.#functions.optimizer.paramsOf !== undefined
    const groups = this.#program.groups.filter(
      group => !HELD_GROUPS.has(group) && group !== OUTCOMES && !(group === 'params' && canRestoreParams),
    )
    return {
      clock: this.#clock,
      variables: Object.fromEntries(groups.map(group => [group, this.#read(group)])),
    }
  }

  /** Changes the scale of the threshold from the next step on. */
  steer(steering: Steering): void {
    this.#clock = { ...this.#clock, steering }
  }

  /** The names of the layers whose products leave out the weights that are zero. */
  get skipping(): ReadonlySet<string> {
    return this.#skipping
  }

  /**
   * Changes the layers whose products leave out the weights that are zero. Unless they remain the same, the graphs are recorded again,
   * which takes as long as the start of the training. All outcomes must have been read.
   */
  skipZeros(layers: ReadonlySet<string>): void {
    if ([...layers].join() === [...this.#skipping].join()) return
    const state = this.readState()
    this.#program.dispose()
    this.#skipping = layers
    this.#functions = { ...this.#functions, model: modelFromNetwork(this.#options.network, layers) }
    this.#program = inScope(() => this.#openProgram(state))
  }

  end(): void {
    this.#program.dispose()
  }

  #openProgram(start: TrainingState): Program {
    const { optimizer, objective } = this.#functions
    const { pipeline } = this.#options
    const routines = pipeline.routines(this.#functions)
    const variables = { ...openVariables(optimizer, start), ...pipeline.hold() }
    const calls = [
      ...pipeline.shapes.training.map(batch => this.#stepCall(batch).call),
      ...pipeline.shapes.validation.map(batch => this.#evaluationCall(batch)),
    ]
    if (this.#capacity === 0) return openProgram(variables, routines, calls)
    return openProgram(
      { ...variables, [OUTCOMES]: emptyOutcomes(objective, this.#capacity) },
      { ...routines, step: keepOutcomes(routines.step!) },
      calls,
    )
  }

  /** The call for a batch, and the clocks after each of its steps. */
  #stepCall(batch: Batch): { call: Call; clocks: Clock[] } {
    const { pipeline, seed } = this.#options
    const ticks = ticksFrom(this.#functions.optimizer, this.#clock, pipeline.stepsOf(batch))
    const seeds = ticks.map(({ clock }) => [seed | 0, clock.step])
    const scalars = ticks.map(tick => tick.scalars)
    const inputs = { ...pipeline.examples(batch), ...pipeline.changes(seeds, scalars) }
    return { call: { routine: 'step', inputs }, clocks: ticks.map(({ clock }) => clock) }
  }

  #evaluationCall(batch: Batch): Call {
    return { routine: 'evaluate', inputs: this.#options.pipeline.examples(batch) }
  }

  /** @param sums of the latest steps, which end with all unread ones */
  #assignOutcomes(sums: readonly Sums[]): StepOutcome[] {
    return this.#unread
      .splice(0)
      .map((step, index, { length }) => ({ ...step, sums: sums.at(index - length)! }))
  }

  #read(group: string): FloatTensor[] {
    const { variables, statistics } = this.#options.network
    const members = group === 'statistics' ? statistics : variables
    const values = this.#program.read(group)
    // A slot of a masked or partitioned optimizer covers only some of the variables.
    return members
      .filter(({ name }) => values.has(name))
      .map(variable => {
        const data = values.get(variable.name)!
        // A slot of gRDA with groups has one value for each output channel.
        const shape = data.length === elementCount(variable.shape) ? variable.shape : [data.length]
        return toWeight({ name: variable.name, shape }, data)
      })
  }
}

function openVariables(optimizer: Optimizer, { clock, variables }: TrainingState): Variables {
  const groups = Object.entries(variables).map(([group, members]) => [group, toTensors(members)])
  const { params: given, statistics, ...slots } = Object.fromEntries(groups) as Variables
  const params = given ?? optimizer.paramsOf!(slots, clock)
  return {
    params,
    ...(statistics && { statistics }),
    ...(Object.keys(slots).length > 0 ? slots : optimizer.init(params)),
  }
}
