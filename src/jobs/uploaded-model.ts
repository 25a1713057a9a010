import { invalidRequest } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import type { InitRequest } from '#domain/init-spec.ts'
import type { Loss } from '#domain/loss.ts'
import { modelIdOf } from '#domain/model-reference.ts'
import type { ModelRequest } from '#domain/model-spec.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { Stores } from '#stores/connect.ts'

/** The parts of an uploaded or registered model that a job uses. */
export interface UploadedModel {
  network: ModelRequest
  /** The initial weights; undefined if they are drawn at random. */
  init: InitRequest | undefined
  /** Of a registered model, the loss that it was trained with: it has replaced the last activation of the network. */
  loss: Loss | undefined
  warnings: Warning[]
}

/**
 * The network of the model `model.id`, and its weights unless `weights` is false or `init` names others.
 * @throws AppError `invalid_request` that names the wrong field of `model`
 */
export async function uploadedModel(
  { models }: Pick<Stores, 'models'>,
  { id: reference, weights }: Extract<JobRequest['model'], { id: string }>,
  init: InitRequest | undefined,
): Promise<UploadedModel> {
  const record = await models.get(reference)
  if (!record) throw invalidRequest('model.id', missingMessage(reference))
  // A name without a version is resolved here, so that the job keeps its version when there is a newer one.
  const id = modelIdOf(record)
  if (weights && !record.weights) throw invalidRequest('model.weights', `${id} was uploaded without weights`)
  const ofFile = (record.warnings ?? []).map(warning => ({ ...warning, path: 'model.id' }))
  const common = { network: record.model, loss: record.source?.spec.loss }
  const takesWeights = record.weights !== undefined && weights !== false
  if (!takesWeights) return { ...common, init, warnings: ofFile }
  if (!init) return { ...common, init: { modelId: id, optimizerState: false }, warnings: ofFile }
  const isOwn = init.modelId !== undefined && (await models.get(init.modelId))?.id === record.id
  const replaced = { code: 'weights_replaced', path: 'init', message: replacedMessage(id, init) }
  return { ...common, init, warnings: isOwn ? ofFile : [...ofFile, replaced] }
}

function missingMessage(reference: string): string {
  const isPreset = PRESET_NAMES.some(name => name === reference)
  return isPreset ? `${reference} is a preset; give it as \`model.preset\`` : 'there is no such model'
}

function replacedMessage(id: string, { jobId, modelId }: InitRequest): string {
  return `\`init\` takes precedence: the job starts from the weights of ${jobId ?? modelId}, not from those of ${id}.`
}
