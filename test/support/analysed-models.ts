import { topologyOf } from '#domain/topology-of.ts'
import { JobRequest, type TrainingSpec } from '#domain/training-spec.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { resolveNetwork } from '#network/network.ts'
import type { AnalysisInput } from '#workers/analyses/computation.ts'
import { decodeState, encodeState, type SavedState } from '#workers/analyses/saved-state.ts'
import { type Splits, wholeSplit } from '#workers/data/examples.ts'
import { drawVariables } from '#workers/training/weights.ts'

const { signal } = new AbortController()

/** A dense layer without a bias unless it is requested. */
export function denseLayer(name: string, units: number, activation = 'linear', hasBias = false) {
  const kernelInitializer = 'glorotUniform'
  return {
    type: 'dense',
    name,
    units,
    activation,
    kernelInitializer,
    ...(hasBias && { biasInitializer: 'zeros' }),
  }
}

/** Examples in float32 that a small network trains and is validated on. */
export interface Problem {
  layers: object[]
  loss: string
  /** [count][width] */
  x: number[][]
  /** Classes [count], or targets [count][numbers]. */
  y: number[] | number[][]
  /** The number of classes; absent for targets. */
  classes?: number
}

/** The spec of a job on the problem, and its splits: both are all examples. */
export function problemOf({ layers, loss, x, y, classes }: Problem, request: object = {}) {
  const inputShape = [x[0]!.length]
  const count = x.length
  const targets = classes === undefined ? (y as number[][])[0]!.length : undefined
  const upload = {
    dtype: 'float32',
    inputShape,
    classes: Array.from({ length: classes ?? 0 }, (_, label) => String(label)),
    ...(targets !== undefined && { targets }),
    splits: { train: count, test: count },
    sha256: '0'.repeat(64),
  } as unknown as TrainingSpec['dataset']['upload']
  const parsed = JobRequest.parse({
    dataset: { id: `dataset_${'0'.repeat(26)}` },
    model: { topology: { inputShape, layers } },
    optimizer: { name: 'sgd', learningRate: 0.1 },
    batchSize: count,
    epochs: 1,
    loss,
    ...request,
  })
  const { spec } = resolveSpec(parsed, { upload } as never)
  const labels =
    classes === undefined ? Float32Array.from((y as number[][]).flat()) : Int32Array.from(y as number[])
  const split = wholeSplit({ x: Float32Array.from(x.flat()), labels, count })
  const splits: Splits = { training: split, validation: split }
  return { spec, splits }
}

/** A model of the spec's network with drawn weights, or with the given values, variable by variable. */
export function modelOf(spec: TrainingSpec, values?: readonly (readonly number[])[], seed = 1): TrainedModel {
  const network = resolveNetwork(topologyOf(spec.model))
  const { params, statistics = [] } = drawVariables(network, seed)
  const weights = params!.map(
    (tensor, index): FloatTensor =>
      values ? { ...tensor, data: Float32Array.from(values[index]!) } : tensor,
  )
  return { spec, topology: network.topology, weights, statistics, step: 0 }
}

/** The input of a computation on models, as a runner gives it. The states that it saves are kept, encoded as in files. */
export function analysisOf(
  models: readonly TrainedModel[],
  options: object,
  more: Partial<AnalysisInput> = {},
): { input: AnalysisInput; states: Uint8Array[]; progress: [number, number][] } {
  const states: Uint8Array[] = []
  const progress: [number, number][] = []
  const input: AnalysisInput = {
    spec: models[0]!.spec,
    models: models.map((model, index) => ({
      jobId: `job_${index}`,
      spec: model.spec,
      epoch: 1,
      read: async () => model,
    })),
    options: { ...options },
    places: {},
    signal,
    advance: async (done, total) => void progress.push([done, total]),
    save: async (_, state) => void states.push(encodeState(state(), 'test')),
    ...more,
  }
  return { input, states, progress }
}

export function restored(state: Uint8Array): SavedState {
  return decodeState(state, 'test')
}
