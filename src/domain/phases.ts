import type { Cut } from '#optimization/cut.ts'
import { defaultTuning } from '#optimization/finish.ts'
import type { OptimizerSpec } from '#optimization/optimizer-spec.ts'
import type { ScheduleSpec } from '#optimization/schedule-spec.ts'
import { pruningEpochs, pruningSparsity } from '#optimization/target-plan.ts'
import type { TrainingSpec } from './training-spec.ts'

/** A part of a job that trains with one optimizer. Epochs are numbered through all phases, and each optimizer counts its own steps. */
export interface Phase {
  name: 'train' | 'fineTune'
  /** At most; early stopping may end the phase `train` sooner. */
  epochs: number
  optimizer: OptimizerSpec
  schedule: ScheduleSpec
  /** Whether weights that are zero when the phase starts stay zero. */
  mask?: 'support'
  /** The cut of the weights before the phase. */
  cutBefore?: PhaseCut
  /** The cut of the weights after its last epoch, before that epoch is measured. */
  cutAfter?: PhaseCut
}

/** A cut between phases. */
export interface PhaseCut extends Cut {
  /** Whether it brings weights back if the training has pruned more: a target is met exactly. */
  isExact?: true
}

/** The fields of a spec that phases follow from. */
export type Phased = Pick<TrainingSpec, 'optimizer' | 'schedule' | 'epochs' | 'target' | 'finish' | 'mask'>

/** The phases of a job, in order: `train`, and `fineTune` if the weights are trained further on their support. */
export function phasesOf(spec: Phased): [Phase, Phase?] {
  const { optimizer, schedule, mask, finish } = spec
  const cut = cutOf(spec)
  const fineTune = finish?.fineTune ?? settlingOf(spec)
  const train: Phase = {
    name: 'train',
    epochs: spec.epochs - (finish?.fineTune ? 0 : (fineTune?.epochs ?? 0)),
    optimizer,
    schedule,
    ...(mask && { mask }),
    ...(cut && !fineTune && { cutAfter: cut }),
  }
  if (!fineTune) return [train]
  return [train, { name: 'fineTune', ...fineTune, mask: 'support', ...(cut && { cutBefore: cut }) }]
}

/** The phase `fineTune`, if the job has one. */
export function fineTunePhase(spec: Phased): Phase | undefined {
  return phasesOf(spec)[1]
}

/** The optimizer whose state the last checkpoint of the job has; undefined after a cut, which no state belongs to. */
export function lastOptimizer(spec: Phased): OptimizerSpec | undefined {
  const [train, fineTune] = phasesOf(spec)
  if (fineTune) return fineTune.optimizer
  return train.cutAfter ? undefined : train.optimizer
}

/** The epochs of all phases. */
export function totalEpochs(spec: Phased): number {
  const [train, fineTune] = phasesOf(spec)
  return train.epochs + (fineTune?.epochs ?? 0)
}

/** Whether the weights are cut after the last epoch of training, without training them further. */
export function cutsAfterTraining(spec: Phased): boolean {
  return phasesOf(spec)[0].cutAfter !== undefined
}

/** The sparsity that a target steers to before the cut: its own if no training follows the cut. */
export function sparsityBeforeCut(spec: Phased, target: number): number {
  return cutsAfterTraining(spec) ? target : pruningSparsity(target)
}

/** The cut after the phase `train`. */
export function cutOf({ target, finish }: Pick<Phased, 'target' | 'finish'>): PhaseCut | undefined {
  return target ? { ...target, rule: 'magnitude', scope: 'global', isExact: true } : finish?.prune
}

/** The last epochs of a job with a target, which train the weights that the cut leaves. */
function settlingOf({
  target,
  optimizer,
  epochs,
}: Phased): Pick<Phase, 'epochs' | 'optimizer' | 'schedule'> | undefined {
  const settling = target ? epochs - pruningEpochs(epochs) : 0
  if (settling === 0) return undefined
  return { epochs: settling, ...defaultTuning(optimizer) }
}
