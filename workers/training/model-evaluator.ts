import * as tf from '@tensorflow/tfjs-core'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { hasBatchStatistics } from '#network/batch-statistics.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import type { Call, Program } from '#workers/engine/program.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import type { InputPipeline } from './input-pipeline.ts'
import { evaluate, type Means } from './means.ts'
import { batchStatisticsRoutine, type Outcome, type StepFunctions } from './step.ts'
import type { SizedBatch } from './train-state.ts'
import { toTensors, toWeight } from './weights.ts'

/** The variables of a model, in model order. */
export type ModelVariables = Pick<TrainedModel, 'weights' | 'statistics'>

/** The network and the batches of a run. */
interface Measurable<Batch> {
  network: Network
  /** The batches that `recalibrate` averages over. */
  calibrationBatches(): AsyncIterable<Batch>
  validationBatches(): AsyncIterable<Batch>
}

/**
 * Measures models of one network on the validation split of a run. Its program is compiled once, and every model replaces the program's
 * variables.
 */
export class ModelEvaluator<Batch extends SizedBatch = SizedBatch> {
  readonly #pipeline: InputPipeline<Batch>
  readonly #run: Measurable<Batch>
  readonly #program: Program

  /** @param first any model of the network */
  constructor(
    functions: StepFunctions,
    pipeline: InputPipeline<Batch>,
    run: Measurable<Batch>,
    first: ModelVariables,
  ) {
    this.#pipeline = pipeline
    this.#run = run
    this.#program = inScope(() => openEvaluation(functions, pipeline, run.network, first))
  }

  /** The mean loss and metrics of a model over the validation split, as at the end of an epoch. */
  async evaluate(model: ModelVariables): Promise<Means> {
    this.#load(model)
    return await evaluate(
      batch => tf.tidy(() => this.#program.run(evaluationCall(this.#pipeline, batch))) as Outcome,
      this.#run.validationBatches(),
    )
  }

  /**
   * The model with statistics of its batch normalizations that fit its weights: their means over the calibration batches, each of which is
   * normalized by its own statistics, as in training (the cumulative average of `torch.optim.swa_utils.update_bn`). Dropouts are off, as in
   * the evaluations that follow.
   */
  async recalibrate<Model extends ModelVariables>(model: Model): Promise<Model> {
    this.#load(model)
    const averages = new StatisticsAverage()
    for await (const batch of this.#run.calibrationBatches())
      inScope(() => averages.add(this.#program.run(calibrationCall(this.#pipeline, batch))))
    return { ...model, statistics: model.statistics.map(statistic => averages.of(statistic)) }
  }

  end(): void {
    this.#program.dispose()
  }

  #load({ weights, statistics }: ModelVariables): void {
    this.#program.write('params', toTensors(weights))
    if (statistics.length > 0) this.#program.write('statistics', toTensors(statistics))
  }
}

function openEvaluation<Batch extends SizedBatch>(
  functions: StepFunctions,
  pipeline: InputPipeline<Batch>,
  network: Network,
  { weights, statistics }: ModelVariables,
): Program {
  const isCalibrating = hasBatchStatistics(network.topology)
  const { evaluate: evaluation } = pipeline.routines(functions)
  const model = modelFromNetwork(calibrationNetwork(network))
  const variables = {
    params: toTensors(weights),
    ...(statistics.length > 0 && { statistics: toTensors(statistics) }),
    ...pipeline.hold(isCalibrating ? undefined : ['validation']),
  }
  const calls = pipeline.shapes.validation.map(batch => evaluationCall(pipeline, batch))
  const full = pipeline.shapes.training
    .filter(batch => pipeline.stepsOf(batch) === 1)
    .reduce((largest, batch) => (batch.size > largest.size ? batch : largest))
  return openProgram(
    variables,
    { evaluate: evaluation!, calibrate: batchStatisticsRoutine({ ...functions, model }) },
    isCalibrating ? [...calls, calibrationCall(pipeline, full)] : calls,
  )
}

/** The same layers, where a training pass returns the statistics of its batch alone and drops no units. */
function calibrationNetwork({ topology }: Network): Network {
  const layers = topology.layers.map(layer => {
    if (layer.type === 'batchNormalization') return { ...layer, momentum: 0 }
    return layer.type === 'dropout' ? { ...layer, rate: 0 } : layer
  })
  return resolveNetwork({ ...topology, layers })
}

function evaluationCall<Batch>(pipeline: InputPipeline<Batch>, batch: Batch): Call {
  return { routine: 'evaluate', inputs: pipeline.examples(batch) }
}

function calibrationCall<Batch>(pipeline: InputPipeline<Batch>, batch: Batch): Call {
  return { routine: 'calibrate', inputs: { ...pipeline.examples(batch), seed: tf.tensor1d([0, 0], 'int32') } }
}

/** The mean of statistics over batches, in float64. */
class StatisticsAverage {
  readonly #sums = new Map<string, Float64Array>()
  #batches = 0

  /** @param statistics of one batch, by name */
  add(statistics: tf.NamedTensorMap): void {
    this.#batches++
    for (const [name, tensor] of Object.entries(statistics)) {
      const sum = this.#sums.get(name) ?? new Float64Array(tensor.size)
      this.#sums.set(name, sum)
      tensor.dataSync().forEach((value, index) => {
        sum[index]! += value
      })
    }
  }

  /** The mean; the statistic itself if no batch has one of its name, as those of a Normalization. */
  of(statistic: FloatTensor): FloatTensor {
    const sum = this.#sums.get(statistic.name)
    return sum
      ? toWeight(
          statistic,
          Float32Array.from(sum, value => value / this.#batches),
        )
      : statistic
  }
}
