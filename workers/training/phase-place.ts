import { type Phase, type Phased, phasesOf } from '#domain/phases.ts'
import type { CheckpointPhase } from '#formats/checkpoint.ts'

/** A phase of a job, with the epochs and steps of the job before it. */
export interface PhasePlace extends Pick<CheckpointPhase, 'epochsBefore' | 'stepsBefore'> {
  phase: Phase
}

/** The phase that a training is in. @param checkpoint that of the checkpoint that it starts from */
export function placeOf(spec: Phased, checkpoint?: CheckpointPhase): PhasePlace {
  const [train, fineTune] = phasesOf(spec)
  if (checkpoint?.name !== 'fineTune') return { phase: train, epochsBefore: 0, stepsBefore: 0 }
  const { epochsBefore, stepsBefore } = checkpoint
  return { phase: fineTune!, epochsBefore, stepsBefore }
}

/** The place of a checkpoint whose weights were cut after the last epoch. */
export const PRUNED: CheckpointPhase = { name: 'prune', epochsBefore: 0, stepsBefore: 0 }

/** How a checkpoint names the place: the phase `train` needs no name. */
export function checkpointPhase({
  phase,
  epochsBefore,
  stepsBefore,
}: PhasePlace): CheckpointPhase | undefined {
  return phase.name === 'train' ? undefined : { name: phase.name, epochsBefore, stepsBefore }
}
