import { artifactFile, isArtifactName } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import { modelIdOf } from '#domain/model-reference.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { PointSelector } from '#optimization/select-point.ts'
import type { Stores } from '#stores/connect.ts'
import { isRegistered, type RegisteredModel } from '#stores/upload-records.ts'
import { artifactManifest, type ManifestEntry } from './artifact-manifest.ts'
import { type ArtifactForm, type ArtifactStores, type FoundArtifact, findArtifact } from './find-artifact.ts'
import type { TradeoffStores } from './find-tradeoff.ts'
import { findJobModel, type JobModel } from './predict.ts'

/**
 * @param reference `name@version`, or a name, which stands for its newest version
 * @throws AppError `not_found`; `conflict` for a preset or an upload
 */
export async function requireRegistered(
  { models }: Pick<Stores, 'models'>,
  reference: string,
): Promise<RegisteredModel> {
  const model = await models.get(reference)
  if (model && isRegistered(model)) return model
  const isPreset = PRESET_NAMES.some(name => name === reference)
  if (!model && !isPreset) throw new AppError('not_found', `There is no model "${reference}".`)
  throw new AppError(
    'conflict',
    `${reference} is ${isPreset ? 'a preset' : 'an upload'}, not a registered model. Train it with a job, and register the model of that job.`,
  )
}

/** The model, or a point of its trade-off, for `predict`. @throws AppError as `findJobModel` does */
export async function findRegisteredModel(
  stores: TradeoffStores,
  model: RegisteredModel,
  point: PointSelector | undefined,
): Promise<JobModel> {
  requirePoints(model, point)
  return await findJobModel(stores, model.source, point ? { point } : {})
}

/** A file of the model. @throws AppError as `findArtifact` does; `not_found` for a file about a training */
export async function findModelArtifact(
  stores: ArtifactStores,
  model: RegisteredModel,
  name: string,
  form: Omit<ArtifactForm, 'checkpoint'>,
): Promise<FoundArtifact> {
  if (!isOfModel(name))
    throw new AppError(
      'not_found',
      `${modelIdOf(model)} has no artifact "${name}": a registered model has the files of the model, and not those of its training.`,
    )
  requirePoints(model, form.point)
  return await findArtifact(stores, model.source, name, form)
}

/** Every file that the model can have, each followed by its existing variants. */
export async function modelManifest(
  stores: Pick<Stores, 'exports' | 'analysisIndex'>,
  model: RegisteredModel,
): Promise<ManifestEntry[]> {
  return (await artifactManifest(stores, model.source)).filter(({ name }) => isOfModel(name))
}

/** Metrics and reports are made from the history of a job, which a model does not keep. */
function isOfModel(name: string): boolean {
  if (!isArtifactName(name)) return false
  const { word, isMeasured } = artifactFile(name)
  return word !== undefined || isMeasured === true || name === 'spec.json'
}

/** A model has the trade-off of its job at the time of the registration. */
function requirePoints(model: RegisteredModel, point: PointSelector | undefined): void {
  if (!point || model.source.artifacts.length > 0) return
  throw new AppError(
    'tradeoff_not_ready',
    `${modelIdOf(model)} was registered without a trade-off. Measure the trade-off of a job first, then register its model.`,
  )
}
