import { AppError } from '#domain/error.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Deletes an uploaded model. Jobs that were created from it have copies of its network and weights.
 * @throws AppError `not_found`; `conflict` for a preset
 */
export async function deleteModel(
  { models, blobs }: Pick<Stores, 'models' | 'blobs'>,
  modelId: string,
): Promise<void> {
  if (PRESET_NAMES.some(name => name === modelId))
    throw new AppError('conflict', `${modelId} is built in and cannot be deleted.`)
  if (!(await models.has(modelId))) throw new AppError('not_found', `There is no model "${modelId}".`)
  await models.delete(modelId)
  await blobs.deleteAll(modelId)
}
