import { isDeepStrictEqual } from 'node:util'
import { namedAugmentation } from '#domain/augmentation.ts'
import { invalidFields, type Mistake } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { spansTraining } from '#domain/schedule-spec.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { TRAINING_FIELDS } from '#formats/model-metadata.ts'

/** The fields that a checkpoint fixes. `epochs` says how far the same training goes. */
const FIXED_FIELDS = [...TRAINING_FIELDS.filter(field => field !== 'epochs'), 'init'] as const

/**
 * The spec of a job that goes on with the training of another.
 * @param wanted the spec with the fields that the client has replaced
 * @throws AppError `invalid_request` naming each field that contradicts the checkpoint
 */
export function continuedSpec(source: Job, wanted: TrainingSpec): TrainingSpec {
  const mistakes = [...fixedMistakes(source.spec, wanted), ...epochsMistakes(source, wanted)]
  if (mistakes.length > 0) throw invalidFields(mistakes)
  // As they stand in the checkpoint: older specs say the same in other words, and model files would not have the same bytes.
  const fixed = FIXED_FIELDS.filter(field => source.spec[field] !== undefined)
  return { ...wanted, ...Object.fromEntries(fixed.map(field => [field, source.spec[field]])) }
}

function fixedMistakes(before: TrainingSpec, wanted: TrainingSpec): Mistake[] {
  const [was, is] = [comparable(before), comparable(wanted)]
  return FIXED_FIELDS.filter(field => !isDeepStrictEqual(was[field], is[field])).map(path => ({
    path,
    message:
      'cannot change when a job is continued: its checkpoint belongs to the training as it was. To train on from its weights in another way, use `init`',
  }))
}

/** Facts of an upload follow from its digest, and augmentation has an older form. */
function comparable({ dataset, augmentation, init, ...spec }: TrainingSpec) {
  const { upload, ...ref } = dataset
  return {
    ...spec,
    dataset: { ...ref, upload: upload?.sha256 },
    augmentation: augmentation.map(namedAugmentation),
    init: init && { sha256: init.sha256, optimizerState: init.optimizerState },
  }
}

function epochsMistakes({ spec, status, checkpoints }: Job, { epochs }: TrainingSpec): Mistake[] {
  const mistake = (message: string) => [{ path: 'epochs', message }]
  const { epoch, validationLoss } = checkpoints.at(-1)!
  const begun = validationLoss === undefined ? epoch + 1 : epoch
  // What failed after its last epoch has only its files to make.
  const fewest = status === 'succeeded' ? epoch + 1 : begun
  if (epochs < fewest) return mistake(`must be ${fewest} or more: the job has trained ${epoch} epochs`)
  if (epochs !== spec.epochs && spansTraining(spec.schedule))
    return mistake(
      `must stay ${spec.epochs}: a ${spec.schedule.name} schedule spans all epochs, so it would have given the epochs before other rates`,
    )
  return []
}
