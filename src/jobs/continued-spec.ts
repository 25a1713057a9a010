import { isDeepStrictEqual } from 'node:util'
import { namedAugmentation } from '#domain/augmentation.ts'
import { invalidFields, type Mistake } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { cutsAfterTraining } from '#domain/phases.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { TRAINING_FIELDS } from '#formats/model-metadata.ts'
import { spansTraining } from '#optimization/schedule-spec.ts'

/** These fields only say where the same training ends. */
const END_FIELDS: ReadonlySet<string> = new Set(['epochs', 'earlyStopping'])
/** The fields that cannot change once there is a checkpoint. */
const FIXED_FIELDS = [...TRAINING_FIELDS.filter(field => !END_FIELDS.has(field)), 'init'] as const

/**
 * The spec of a job that continues the training of another.
 * @param wanted the spec with the fields that the client replaced
 * @throws AppError `invalid_request` that names each field which contradicts the checkpoint
 */
export function continuedSpec(source: Job, wanted: TrainingSpec): TrainingSpec {
  const mistakes = [
    ...fixedMistakes(source.spec, wanted),
    ...finishMistakes(source, wanted),
    ...epochsMistakes(source, wanted),
  ]
  if (mistakes.length > 0) throw invalidFields(mistakes)
  // The field exactly as in the checkpoint: an older spec may contain the same value in another form, and the model's files would have
  // other bytes.
  const fixed = FIXED_FIELDS.filter(field => source.spec[field] !== undefined)
  return { ...wanted, ...Object.fromEntries(fixed.map(field => [field, source.spec[field]])) }
}

/** After a cut, what follows the training is part of the training. */
function finishMistakes({ spec, checkpoints }: Job, { finish }: TrainingSpec): Mistake[] {
  const changed = (['prune', 'fineTune'] as const).filter(
    part => !isDeepStrictEqual(spec.finish?.[part], finish?.[part]),
  )
  if (checkpoints.at(-1)!.phase === undefined) return []
  return changed.map(part => ({
    path: `finish.${part}`,
    message:
      'cannot change when a job is continued after its weights were cut. To train them further, use `init`',
  }))
}

function fixedMistakes(before: TrainingSpec, wanted: TrainingSpec): Mistake[] {
  const [was, is] = [comparable(before), comparable(wanted)]
  return FIXED_FIELDS.filter(field => !isDeepStrictEqual(was[field], is[field])).map(path => ({
    path,
    message:
      'cannot change when a job is continued, because its checkpoint depends on it. To train its weights in another way, use `init`',
  }))
}

/** The facts of an upload follow from its digest, and augmentation has an older form. */
function comparable({ dataset, augmentation, init, ...spec }: TrainingSpec) {
  const { upload, ...ref } = dataset
  return {
    ...spec,
    dataset: { ...ref, upload: upload?.sha256 },
    augmentation: augmentation.map(namedAugmentation),
    init: init && { sha256: init.sha256, optimizerState: init.optimizerState },
  }
}

function epochsMistakes({ spec, status, checkpoints }: Job, wanted: TrainingSpec): Mistake[] {
  const { epochs } = wanted
  const mistake = (message: string) => [{ path: 'epochs', message }]
  const { epoch, phase, validationLoss } = checkpoints.at(-1)!
  if (phase) {
    if (epochs !== spec.epochs) return mistake(`must stay ${spec.epochs}: the weights were cut after that`)
    if (status !== 'succeeded') return []
    return mistake('cannot continue: the job has succeeded, and its weights were cut. Use `init`')
  }
  const startedEpochs = validationLoss === undefined ? epoch + 1 : epoch
  // If a job failed after its last epoch, only its artifacts are missing, and if `finish` is new, only what follows the training.
  const isDone = status === 'succeeded' && isDeepStrictEqual(spec.finish, wanted.finish)
  const fewest = isDone ? epoch + 1 : startedEpochs
  if (cutsAfterTraining(wanted) && epochs <= epoch)
    return mistake(
      `must be ${epoch + 1} or more, or finish.fineTune must be given: finish.prune cuts the weights after an epoch of training`,
    )
  if (epochs < fewest) return mistake(`must be ${fewest} or more: the job has trained ${epoch} epochs`)
  if (epochs !== spec.epochs && spec.target)
    return mistake(`cannot change from ${spec.epochs}: the target was planned for this number of epochs`)
  if (epochs !== spec.epochs && spansTraining(spec.schedule))
    return mistake(
      `cannot change from ${spec.epochs}: the ${spec.schedule.name} schedule depends on the number of epochs, so the completed epochs would have had other learning rates`,
    )
  return []
}
