import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '#optimization/clock.ts'
import { FormatError } from './format-error.ts'
import type { FloatTensor, NamedTensor } from './named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

/** The state of a training: the optimizer's clock, and variables by group. */
export interface TrainingState {
  clock: Clock
  /**
   * `params`, `statistics` if the model has any, and the optimizer's slots. An initial state has no slots. A later one has no params if the
   * slots determine them.
   */
  variables: Readonly<Record<string, readonly FloatTensor[]>>
}

/** The totals of an epoch so far. */
export interface EpochSums {
  loss: number
  examples: number
  seconds: number
  /** By name of the metric. */
  metrics: Readonly<Record<string, number>>
}

/** Everything that is needed to continue a training bit-identically. */
export interface Checkpoint {
  state: TrainingState
  /** Digest of the weights, with which a reader checks the weights that it restored. */
  weights: string
  /** Completed epochs. */
  epoch: number
  /** Absent before the weights were cut: the clock then counts the steps of the job. */
  phase?: CheckpointPhase
  /** The current epoch, if the checkpoint was made within one. */
  partial?: EpochInProgress
}

/** The part of a job after its weights were cut. Its clock counts only its own steps. */
export interface CheckpointPhase {
  /** `prune` if no training follows the cut. */
  name: 'prune' | 'fineTune'
  /** Epochs and steps of the job before it. */
  epochsBefore: number
  stepsBefore: number
}

/** The completed steps of the job. */
export function stepsOf({ state, phase }: Pick<Checkpoint, 'state' | 'phase'>): number {
  return (phase?.stepsBefore ?? 0) + state.clock.step
}

/** An epoch that is not complete. */
export interface EpochInProgress {
  /** Completed batches. */
  step: number
  sums: EpochSums
  /** Where the weights were zero at the end of the previous epoch, if there was one. */
  zerosBefore?: readonly NamedTensor[]
}

/** Identifies the training of a checkpoint. A checkpoint cannot be read for another training. */
export interface Provenance {
  /** The spec's fields that determine the weights. */
  training: string
  /** The engine that computed it. Another engine can continue, but not bit-identically. */
  engine: string
}

const FORMAT = 'thresher-checkpoint-1'

const Position = z.object({
  epoch: z.int(),
  clock: z.looseObject({ step: z.int() }),
  phase: z
    .object({ name: z.enum(['prune', 'fineTune']), epochsBefore: z.int(), stepsBefore: z.int() })
    .optional(),
  step: z.int().optional(),
  sums: z
    .object({
      loss: z.number(),
      examples: z.int(),
      seconds: z.number(),
      metrics: z.record(z.string(), z.number()),
    })
    .optional(),
})

/**
 * A safetensors file: tensor names are `group/variable`, and the metadata contain the rest. Weights that the optimizer's state determines
 * are left out.
 */
export function encodeCheckpoint(
  { state, weights, epoch, phase, partial }: Checkpoint,
  { training, engine }: Provenance,
): Uint8Array {
  const groups = { ...state.variables, zerosBefore: partial?.zerosBefore ?? [] }
  const tensors = Object.entries(groups).flatMap(([group, members]) =>
    members.map(tensor => ({ ...tensor, name: `${group}/${tensor.name}` })),
  )
  const position = {
    epoch,
    clock: state.clock,
    ...(phase && { phase }),
    ...(partial && { step: partial.step, sums: partial.sums }),
  }
  const metadata = {
    format: FORMAT,
    training,
    engine,
    position: JSON.stringify(position),
    weights,
  }
  return encodeSafetensors(tensors, metadata)
}

/** The same checkpoint for another training, which must be identical up to this point. @throws FormatError */
export function reassignCheckpoint(bytes: Uint8Array, training: string): Uint8Array {
  const { checkpoint, provenance } = decodeCheckpoint(bytes)
  return provenance.training === training ? bytes : encodeCheckpoint(checkpoint, { ...provenance, training })
}

/** @throws FormatError if the bytes are not a checkpoint, or belong to another training */
export function decodeCheckpoint(
  bytes: Uint8Array,
  training?: string,
): { checkpoint: Checkpoint; provenance: Provenance } {
  const { tensors, metadata } = decodeSafetensors(bytes)
  if (metadata.format !== FORMAT) throw new FormatError(`the checkpoint's format is not ${FORMAT}`)
  if (training !== undefined && metadata.training !== training)
    throw new FormatError('the checkpoint belongs to another training')
  const { epoch, clock, phase, step, sums } = parsePosition(metadata.position)
  const { zerosBefore, ...variables } = groupTensors(tensors)
  return {
    checkpoint: {
      state: { clock: clock as Clock, variables: variables as Record<string, FloatTensor[]> },
      weights: metadata.weights ?? '',
      epoch,
      ...(phase && { phase }),
      ...(step !== undefined && sums && { partial: { step, sums, ...(zerosBefore && { zerosBefore }) } }),
    },
    provenance: { training: metadata.training ?? '', engine: metadata.engine ?? '' },
  }
}

function parsePosition(json = ''): z.infer<typeof Position> {
  try {
    return Position.parse(JSON.parse(json))
  } catch (cause) {
    throw new FormatError("the checkpoint's position cannot be read", { cause })
  }
}

/** SHA-256 over the values of all weights, in model order. */
export function digestWeights(weights: readonly FloatTensor[]): string {
  const hash = createHash('sha256')
  for (const { data } of weights) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return hash.digest('hex')
}

/** Groups are the part of a name before the first slash. */
function groupTensors(tensors: readonly NamedTensor[]): Record<string, NamedTensor[]> {
  const groups: Record<string, NamedTensor[]> = {}
  for (const tensor of tensors) {
    const [group, ...rest] = tensor.name.split('/')
    groups[group!] ??= []
    groups[group!]!.push({ ...tensor, name: rest.join('/') })
  }
  return groups
}
