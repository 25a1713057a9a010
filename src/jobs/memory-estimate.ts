import { kindOf } from '#analyses/analysis-request.ts'
import { factsOf } from '#domain/dataset.ts'
import { phasesOf } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { resolveNetwork } from '#network/network.ts'
import { elementCount } from '#network/shape.ts'
import { definitionOf, type Topology } from '#network/topology.ts'
import { parameterCount } from '#network/variables.ts'
import { optimizerTraits } from '#optimization/optimizer-spec.ts'
import type { AnalysisDemand } from '#stores/measurement-store.ts'

const BYTES_PER_FLOAT = 4

/** The memory of a training process with its engine loaded. */
const BASE_BYTES = 600e6
/** Further copies of the largest layer's output, besides the one that is kept: temporaries of the forward and the backward pass. */
const COPIES_OF_LARGEST = 3
const COPIES_OF_DATASET = 3
/** Copies of the parameters for each artifact except the first. */
const COPIES_OF_AN_ARTIFACT = 2

/** The expected peak memory of a job's training process, fitted to measured peaks: docs/decisions/2026-11-29-memory-limits.md. */
export function estimateMemory(spec: TrainingSpec): number {
  const parts = Object.values(memoryParts(spec))
  return Math.round(parts.reduce((sum, bytes) => sum + bytes, BASE_BYTES))
}

/** The memory that an analysis needs beyond a training with the spec. */
export function furtherMemory({ model }: TrainingSpec, { kind, options }: AnalysisDemand): number {
  return kindOf(kind).furtherBytes?.(options, parameterCount(topologyOf(model))) ?? 0
}

/** The field of a spec that needs the most memory. */
export function largestMemoryField(spec: TrainingSpec): string {
  const [largest] = Object.entries(memoryParts(spec)).sort(([, a], [, b]) => b - a)
  return largest![0]
}

/** Bytes by the field of the spec that needs them. */
function memoryParts(spec: TrainingSpec) {
  const topology = topologyOf(spec.model)
  return {
    model: BYTES_PER_FLOAT * parameterCount(topology) * copiesOfParameters(spec),
    batchSize: BYTES_PER_FLOAT * spec.batchSize * floatsOfExample(topology),
    dataset: datasetBytes(spec) * COPIES_OF_DATASET,
  }
}

function floatsOfExample(topology: Topology): number {
  const { placed } = resolveNetwork(topology)
  const kept = placed.map(place => definitionOf(place.layer).keptActivations(place))
  const largest = Math.max(...placed.map(({ outputShape }) => elementCount(outputShape)))
  const sum = kept.reduce((total, count) => total + count, elementCount(topology.inputShape))
  return sum + COPIES_OF_LARGEST * largest
}

/** Weights and gradients, the optimizer's state, and copies in transit between the device, checkpoints and files. */
function copiesOfParameters(spec: TrainingSpec): number {
  const { artifacts } = spec
  const copies = phasesOf(spec).map(phase =>
    phase ? optimizerTraits(phase.optimizer).memoryCopies(phase.optimizer) : 0,
  )
  return Math.max(...copies) + COPIES_OF_AN_ARTIFACT * (artifacts.length - 1)
}

/** Images in files are read batch by batch. */
function datasetBytes({ dataset }: TrainingSpec): number {
  const facts = factsOf(dataset)
  if (!facts || facts.images === 'files') return 0
  const { splits, inputShape, dtype } = facts
  const bytesPerValue = dtype === 'float32' ? BYTES_PER_FLOAT : 1
  return (splits.train + splits.test) * elementCount(inputShape) * bytesPerValue
}
