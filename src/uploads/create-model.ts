import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { ownedBy } from '#access/owner.ts'
import { quotaExceeded } from '#access/quota-exceeded.ts'
import type { Children } from '#children/open-children.ts'
import { invalidRequest } from '#domain/error.ts'
import type { ModelRequest, ModelUploadRequest } from '#domain/model-spec.ts'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import type { Stores } from '#stores/connect.ts'
import { storageLimits } from '#stores/stored-bytes.ts'
import { allowedTo } from '#stores/tenant-limits.ts'
import type { ModelRecord } from '#stores/upload-records.ts'

/** A model whose files have arrived. */
export interface NewModel {
  id: string
  spec: z.infer<typeof ModelUploadRequest>
  /** The network, the weights, or both. */
  files: SourceFile[]
  /** The optimizer's state. */
  state: SourceFile | undefined
  /** The folder with the files; deleted at the end. */
  folder: string
}

/**
 * Reads an uploaded model, and stores its network and its weights.
 * @throws AppError `invalid_request` for files that are not such a model; `limit_exceeded`, `unavailable`
 */
export async function createModel(
  stores: Pick<Stores, 'owner' | 'models' | 'blobs' | 'tenantSettings' | 'keys'> & Pick<Children, 'importer'>,
  { id, spec, files, state, folder }: NewModel,
  log: Pick<Logger, 'info'>,
): Promise<ModelRecord> {
  const { owner, models, blobs, importer } = stores
  try {
    const workDir = join(folder, 'work')
    await mkdir(workDir)
    const imported = await importer
      .import({ upload: { model: modelOf(spec), files, state }, folder: workDir }, owner.tenant)
      .catch(error => explain(error, id, log))
    const stored = imported.checkpoint && (await blobs.put(id, createReadStream(imported.checkpoint)))
    const record: ModelRecord = {
      id,
      name: spec.name,
      ...ownedBy(owner),
      createdAt: new Date().toISOString(),
      model: imported.model,
      ...(stored && { weights: { ...stored, hasState: imported.hasState } }),
      warnings: [...imported.warnings],
    }
    const limits = storageLimits(await allowedTo(stores))
    const put = await models.create(record, limits)
    if (put.type !== 'refused') return record
    await blobs.deleteAll(id)
    throw quotaExceeded(put.use)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function modelOf({ preset, classes, topology }: NewModel['spec']): ModelRequest | undefined {
  if (topology) return { topology }
  return preset && { preset, ...(classes !== undefined && { classes }) }
}

function explain(error: Error, modelId: string, log: Pick<Logger, 'info'>): never {
  if (!(error instanceof FormatError)) throw error
  const { message, cause } = error
  if (cause) log.info({ modelId, err: cause }, 'a library could not read a model file')
  throw invalidRequest('file', message)
}
