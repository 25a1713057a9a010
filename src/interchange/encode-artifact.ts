import type { ReportedResults } from '#analyses/reported-results.ts'
import type { ArtifactName, ArtifactVariant } from '#domain/artifact.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { toBfloat16 } from '#formats/bfloat16.ts'
import type { Checkpoint } from '#formats/checkpoint.ts'
import { compactModel } from '#formats/compact-model.ts'
import { toInt8 } from '#formats/int8.ts'
import { modelAt, type RequestedCut } from '#formats/model-at.ts'
import { modelFacts, modelMetadata } from '#formats/model-metadata.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import type { RoundingReport } from '#formats/rounding-report.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import { encodeSparsePlanes, encodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { modelFromCheckpoint, type TrainedModel } from '#formats/trained-model.ts'
import { compressZstd } from '#formats/zstd.ts'
import { type Structure, structureOf } from '#network/channels/structure.ts'
import { variablesOf } from '#network/variables.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Latency } from '#optimization/latency.ts'
import type { Tradeoff } from '#optimization/tradeoff.ts'
import { NothingToEncode } from './nothing-to-encode.ts'
import { encodeNpz } from './numpy/write-npz.ts'
import { encodeOnnx } from './onnx/write-onnx.ts'
import { seriesToCsv } from './report/metric-series.ts'
import { renderReport } from './report/report.ts'
import { encodeRuntimeZip } from './runtime/write-runtime-zip.ts'
import { encodeTfjs } from './tfjs/write-tfjs.ts'
import { batchCounters, fixedParameters, toTorchLayout } from './torch/torch-layout.ts'
import { encodeOptimizerState } from './torch/write-optimizer-state.ts'

/** The data of a training from which its files are encoded. */
export interface TrainingRecord {
  spec: TrainingSpec
  series: readonly EpochMetrics[]
  /** Absent if no epoch was completed: there are no model files then. */
  checkpoint?: Checkpoint | undefined
  /** Shown by the report. */
  analyses?: ReportedResults | undefined
  /** The cut of the model; absent for the trained model without a cut. */
  cut?: RequestedCut | undefined
  /** For the report. */
  tradeoff?: Tradeoff | undefined
  /** For the report. */
  latency?: Latency | undefined
}

export interface EncodedArtifact {
  bytes: Uint8Array
  rounding?: RoundingReport
  /** Of a model without the channels that do nothing. */
  structure?: Structure
}

type Encoded = Uint8Array | EncodedArtifact
type MeasuredFile = 'tradeoff.json' | 'tradeoff-statistics.safetensors'
type ModelFile = Exclude<
  ArtifactName,
  'metrics.csv' | 'metrics.jsonl' | 'spec.json' | 'report.html' | MeasuredFile
>

const MODEL_FILES: Record<
  ModelFile,
  (model: TrainedModel, variant: ArtifactVariant) => Encoded | Promise<Encoded>
> = {
  'model.sparse.safetensors': (model, variant) => {
    const sparse = encodeSparse(model, variant, encodeSparseSafetensors)
    return variant.runtime ? { ...sparse, bytes: encodeRuntimeZip(sparse.bytes) } : sparse
  },
  'model.sparse.safetensors.zst': async (model, variant) => {
    // An int8 is a plane by itself.
    const encode = variant.dtype === 'int8' ? encodeSparseSafetensors : encodeSparsePlanes
    const { bytes, ...rest } = encodeSparse(model, variant, encode)
    return { bytes: await compressZstd(bytes), ...rest }
  },
  'model.safetensors': encodeDense,
  // HDF5 takes a quarter of a second to load, which a process that writes none is spared.
  'model.keras': async (model, variant) =>
    (await import('./keras/write-keras.ts')).encodeKeras(model, variant),
  'model.weights.h5': async model => (await import('./keras/write-keras.ts')).encodeKerasWeights(model),
  'model.tfjs.zip': encodeTfjs,
  'model.onnx': encodeOnnx,
  'weights.npz': model =>
    encodeNpz([...model.weights, ...model.statistics], {
      ...modelFacts(model),
      ...(model.removed && { topology: model.topology }),
    }),
  'optimizer-state.safetensors': encodeOptimizerState,
}

/** Encodes a file. The same record produces the same bytes. @throws NothingToEncode */
export async function encodeArtifact(
  name: ArtifactName,
  { spec, series, checkpoint, cut, ...measurements }: TrainingRecord,
  variant: ArtifactVariant = {},
): Promise<EncodedArtifact> {
  switch (name) {
    case 'metrics.csv':
      return text(seriesToCsv(series))
    case 'metrics.jsonl':
      return text(series.map(metrics => `${JSON.stringify(metrics)}\n`).join(''))
    case 'spec.json':
      return text(`${JSON.stringify(postableSpec(spec), null, 2)}\n`)
    case 'report.html':
      return text(renderReport(spec, series, measurements))
    case 'tradeoff.json':
    case 'tradeoff-statistics.safetensors':
      throw new NothingToEncode('A worker measures it.')
    default: {
      if (!checkpoint) throw new NothingToEncode('No epoch was completed, so there is no model.')
      const model = modelFromCheckpoint(spec, checkpoint)
      return await encodeModel(name, cut ? modelAt(model, cut) : model, variant)
    }
  }
}

/** Encodes a file of a model. @throws NothingToEncode */
export async function encodeModel(
  name: ModelFile,
  model: TrainedModel,
  variant: ArtifactVariant = {},
): Promise<EncodedArtifact> {
  if (variant.structure) return await encodeCompact(name, model, variant)
  const encoded = await MODEL_FILES[name](model, variant)
  return encoded instanceof Uint8Array ? { bytes: encoded } : encoded
}

async function encodeCompact(
  name: ModelFile,
  model: TrainedModel,
  { structure: _, ...variant }: ArtifactVariant,
): Promise<EncodedArtifact> {
  const compact = compactModel(model)
  const structure = structureOf(model.topology, compact.topology, compact.removed)
  return { ...(await encodeModel(name, compact, variant)), structure }
}

/** Leaves out the facts of an upload, which its digest determines and which may exceed the size limit of a request. */
function postableSpec({ dataset: { upload, ...dataset }, ...spec }: TrainingSpec) {
  return { ...spec, dataset: { ...dataset, ...(upload && { upload: { sha256: upload.sha256 } }) } }
}

function encodeSparse(
  model: TrainedModel,
  variant: ArtifactVariant,
  encode: typeof encodeSparseSafetensors,
): EncodedArtifact {
  const variables = [...model.weights, ...model.statistics]
  const { tensors, ...rest } =
    variant.dtype === 'int8' ? toInt8(variables, variablesOf(model.topology)) : rounded(variables, variant)
  return { bytes: encode(tensors, modelMetadata(model)), ...rest }
}

function encodeDense(model: TrainedModel, variant: ArtifactVariant): EncodedArtifact {
  const { topology, weights, statistics, step } = model
  const metadata = modelMetadata(model)
  const variables = [...weights, ...statistics]
  if (variant.layout !== 'torch') {
    const { tensors, ...rest } = rounded(variables, variant)
    return { bytes: encodeSafetensors(tensors, metadata), ...rest }
  }
  const { tensors, ...rest } = rounded(
    [...toTorchLayout(topology, variables), ...fixedParameters(topology)],
    variant,
  )
  const counters = batchCounters(statistics, step)
  return { bytes: encodeSafetensors([...tensors, ...counters], { ...metadata, layout: 'torch' }), ...rest }
}

function rounded(
  tensors: readonly FloatTensor[],
  { dtype }: ArtifactVariant,
): { tensors: readonly NamedTensor[]; rounding?: RoundingReport } {
  return dtype === 'bf16' ? toBfloat16(tensors) : { tensors }
}

function text(content: string): EncodedArtifact {
  return { bytes: new TextEncoder().encode(content) }
}
