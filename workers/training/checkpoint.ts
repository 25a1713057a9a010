import { type Checkpoint, digestWeights, type TrainingState } from '#formats/checkpoint.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { TrainState } from './train-state.ts'

/** The variables that a training starts from. If the clock is absent, the optimizer starts from its initial clock. */
export type InitialState = Partial<Pick<TrainingState, 'clock'>> & Pick<TrainingState, 'variables'>

/** The start of a training: a checkpoint of the same training, or the variables of another training. */
export type Start = Pick<Checkpoint, 'partial' | 'phase'> &
  Partial<Pick<Checkpoint, 'weights' | 'epoch'>> & {
    state: InitialState
    /** Of the epochs before. Early stopping follows from them. */
    series?: readonly EpochMetrics[]
  }

/** A checkpoint of the training was taken. */
export interface CheckpointTaken {
  type: 'checkpoint'
  checkpoint: Checkpoint
  /** Its epoch is the best so far, and the model of the job will be that of the best epoch. */
  isBest: boolean
  /** Whether the model of the job is this one, as long as there is no later one. */
  isModel: boolean
  /** Its epoch is the last one. */
  isLast: boolean
}

/** @param place the number of completed epochs, and of steps in the next one, and the phase */
export function takeCheckpoint(
  state: TrainState,
  place: Pick<Checkpoint, 'epoch' | 'partial' | 'phase'>,
  roles: Pick<CheckpointTaken, 'isBest' | 'isModel' | 'isLast'>,
): CheckpointTaken {
  const weights = digestWeights(state.readWeights())
  return { type: 'checkpoint', checkpoint: { state: state.readState(), weights, ...place }, ...roles }
}

/** @param digest of the weights when the checkpoint was taken @throws Error when the restored weights differ from them */
export function expectWeights(state: TrainState, digest: string): void {
  if (digestWeights(state.readWeights()) === digest) return
  throw new Error('The weights computed from the checkpoint do not match its digest.')
}
