import { invalidRequest } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import type { InitRequest } from '#domain/init-spec.ts'
import type { ModelRequest } from '#domain/model-spec.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import type { Stores } from '#stores/connect.ts'

/** The parts of an uploaded model that a job uses. */
export interface UploadedModel {
  network: ModelRequest
  /** The initial weights; undefined if they are drawn at random. */
  init: InitRequest | undefined
  warnings: Warning[]
}

/**
 * The network of the upload `model.id`, and its weights unless `weights` is false or `init` names others.
 * @throws AppError `invalid_request` that names the wrong field of `model`
 */
export async function uploadedModel(
  { models }: Pick<Stores, 'models'>,
  { id, weights }: Extract<JobRequest['model'], { id: string }>,
  init: InitRequest | undefined,
): Promise<UploadedModel> {
  const record = await models.get(id)
  if (!record) throw invalidRequest('model.id', 'there is no such model')
  if (weights && !record.weights) throw invalidRequest('model.weights', `${id} was uploaded without weights`)
  const ofFile = (record.warnings ?? []).map(warning => ({ ...warning, path: 'model.id' }))
  const takesWeights = record.weights !== undefined && weights !== false
  if (!takesWeights) return { network: record.model, init, warnings: ofFile }
  if (!init) return { network: record.model, init: { modelId: id, optimizerState: false }, warnings: ofFile }
  const replaced = { code: 'weights_replaced', path: 'init', message: replacedMessage(id, init) }
  return { network: record.model, init, warnings: init.modelId === id ? ofFile : [...ofFile, replaced] }
}

function replacedMessage(id: string, { jobId, modelId }: InitRequest): string {
  return `\`init\` takes precedence: the job starts from the weights of ${jobId ?? modelId}, not from those of ${id}.`
}
