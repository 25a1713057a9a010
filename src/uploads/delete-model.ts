import { AppError, invalidRequest } from '#domain/error.ts'
import { modelIdOf, parseReference } from '#domain/model-reference.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { Stores } from '#stores/connect.ts'
import { isRegistered, type RegisteredModel } from '#stores/upload-records.ts'
import { modelsOf } from '#sweeps/model-references.ts'
import { sweepNaming } from './sweep-naming.ts'

/**
 * Deletes an uploaded model, or a version of a registered one. Jobs that were created from it have copies of its network and weights.
 * @param reference the id of an upload, or `name@version`
 * @throws AppError `not_found`; `conflict` for a preset, and for a version that an unfinished job or sweep names; `invalid_request` for a name
 */
export async function deleteModel(
  stores: Pick<Stores, 'models' | 'blobs' | 'sweeps'>,
  reference: string,
): Promise<void> {
  if (PRESET_NAMES.some(name => name === reference))
    throw new AppError('conflict', `${reference} is built in and cannot be deleted.`)
  const { models, blobs } = stores
  const parsed = parseReference(reference)
  const isUpload = parsed && 'id' in parsed
  // A record that cannot be read can be deleted by its id.
  const model = isUpload ? await models.get(reference).catch(() => undefined) : await models.get(reference)
  if (!model && !(isUpload && (await models.has(reference))))
    throw new AppError('not_found', `There is no model "${reference}".`)
  if (!model || !isRegistered(model)) await models.delete(reference)
  else await deleteVersion(stores, model, reference)
  await blobs.deleteAll(model?.id ?? reference)
}

async function deleteVersion(
  stores: Pick<Stores, 'models' | 'sweeps'>,
  model: RegisteredModel,
  reference: string,
): Promise<void> {
  if (reference === model.name)
    throw invalidRequest('modelId', `must name a version, such as ${modelIdOf(model)}`)
  const user =
    (await sweepNaming(stores.sweeps, request => modelsOf(request).includes(modelIdOf(model)))) ??
    (await stores.models.deleteVersion(model))
  if (user) throw new AppError('conflict', `${user} still needs this model. Cancel it first.`)
}
