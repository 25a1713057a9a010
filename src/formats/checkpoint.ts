import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '#domain/clock.ts'
import { FormatError } from './format-error.ts'
import type { FloatTensor, NamedTensor } from './named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

/** What a training starts from, or left behind: the optimizer's clock, and variables by group. */
export interface TrainingState {
  clock: Clock
  /**
   * `params`, `statistics` where the model has any, and the optimizer's slots. At the start there are no slots; later no
   * params where they follow from those.
   */
  variables: Readonly<Record<string, readonly FloatTensor[]>>
}

/** What an epoch has come to so far. */
export interface EpochSums {
  loss: number
  examples: number
  seconds: number
  /** Of each metric, by name. */
  metrics: Readonly<Record<string, number>>
}

/** Everything needed to go on exactly. */
export interface Checkpoint {
  state: TrainingState
  /** Digest of the weights, so that whoever goes on can tell that they came out right. */
  weights: string
  /** Epochs that are over. */
  epoch: number
  /** What the epoch under way has come to, when a training is left in the middle of one. */
  partial?: EpochInProgress
}

/** An epoch under way. */
export interface EpochInProgress {
  /** Batches that it has taken. */
  step: number
  sums: EpochSums
  /** Of the weights at the end of the epoch before, if there was one. */
  zerosBefore?: readonly NamedTensor[]
}

/** What a checkpoint says of the training it belongs to; it opens for no other. */
export interface Provenance {
  /** The spec's fields that determine the weights. */
  training: string
  /** Whose arithmetic it is. Another engine goes on too, but not to the same bits. */
  engine: string
}

const FORMAT = 'thresher-checkpoint-1'

const Position = z.object({
  epoch: z.int(),
  clock: z.looseObject({ step: z.int() }),
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
 * A safetensors file: tensors are `group/variable`, and the metadata hold all else. Weights that follow from the
 * optimizer's state are not in it.
 */
export function encodeCheckpoint(
  { state, weights, epoch, partial }: Checkpoint,
  { training, engine }: Provenance,
): Uint8Array {
  const groups = { ...state.variables, zerosBefore: partial?.zerosBefore ?? [] }
  const tensors = Object.entries(groups).flatMap(([group, members]) =>
    members.map(tensor => ({ ...tensor, name: `${group}/${tensor.name}` })),
  )
  const position = { epoch, clock: state.clock, ...(partial && { step: partial.step, sums: partial.sums }) }
  const metadata = {
    format: FORMAT,
    training,
    engine,
    position: JSON.stringify(position),
    weights,
  }
  return encodeSafetensors(tensors, metadata)
}

/** The same checkpoint as one of another training, which has to be the same up to there. @throws FormatError */
export function reassignCheckpoint(bytes: Uint8Array, training: string): Uint8Array {
  const { checkpoint, provenance } = decodeCheckpoint(bytes)
  return provenance.training === training ? bytes : encodeCheckpoint(checkpoint, { ...provenance, training })
}

/** @throws FormatError when the bytes are no checkpoint, or not of the training that is given */
export function decodeCheckpoint(
  bytes: Uint8Array,
  training?: string,
): { checkpoint: Checkpoint; provenance: Provenance } {
  const { tensors, metadata } = decodeSafetensors(bytes)
  if (metadata.format !== FORMAT) throw new FormatError(`the checkpoint's format is not ${FORMAT}`)
  if (training !== undefined && metadata.training !== training)
    throw new FormatError('the checkpoint belongs to another training')
  const { epoch, clock, step, sums } = parsePosition(metadata.position)
  const { zerosBefore, ...variables } = groupTensors(tensors)
  return {
    checkpoint: {
      state: { clock: clock as Clock, variables: variables as Record<string, FloatTensor[]> },
      weights: metadata.weights ?? '',
      epoch,
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

/** By the part of their names before the first slash. */
function groupTensors(tensors: readonly NamedTensor[]): Record<string, NamedTensor[]> {
  const groups: Record<string, NamedTensor[]> = {}
  for (const tensor of tensors) {
    const [group, ...rest] = tensor.name.split('/')
    groups[group!] ??= []
    groups[group!]!.push({ ...tensor, name: rest.join('/') })
  }
  return groups
}
