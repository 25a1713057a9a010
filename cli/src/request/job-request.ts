import { existsSync } from 'node:fs'
import type { JobRequest, Thresher } from '@thresher/client'
import { readJson } from './read-json.ts'
import { setPath } from './set-path.ts'

export interface TrainOptions {
  sparsity?: number
  size?: number
  c?: number
  mu?: number
  lr?: number
  epochs?: number
  batch?: number
  seed?: number
  dataset?: string
  name?: string
  label?: [string, string][]
  set?: [string, string][]
}

/** The request of `thresher train`: a spec in a file or on standard input, or a model by its name, and the options over it. */
export async function jobRequest(
  thresher: Thresher,
  what: string,
  options: TrainOptions,
): Promise<JobRequest> {
  const request = await readSpec(what)
  const { sparsity, size, epochs, batch, seed, dataset, name, label, set = [] } = options
  if (sparsity !== undefined) request.target = { sparsity }
  if (size !== undefined) request.target = { sizeBytes: size }
  if (epochs !== undefined) request.epochs = epochs
  if (batch !== undefined) request.batchSize = batch
  if (seed !== undefined) request.seed = seed
  if (name !== undefined) request.name = name
  if (dataset !== undefined) request.dataset = { ...request.dataset, id: dataset }
  if (label) request.labels = { ...request.labels, ...Object.fromEntries(label) }
  for (const [path, value] of set) setPath(request, path, value)
  const changes = optimizerChanges(options)
  if (Object.keys(changes).length > 0) {
    const base = request.optimizer ?? (await defaultOptimizer(thresher, request))
    request.optimizer = { ...base, ...changes } as NonNullable<JobRequest['optimizer']>
  }
  return request
}

async function readSpec(what: string): Promise<JobRequest> {
  if (what === '-' || what.endsWith('.json') || existsSync(what)) return (await readJson(what)) as JobRequest
  // An upload, or a registered model with its version.
  if (what.startsWith('model_') || what.includes('@')) return { model: { id: what } }
  return { model: { preset: what } } as JobRequest
}

function optimizerChanges({ c, mu, lr }: TrainOptions) {
  return {
    ...(lr !== undefined && { learningRate: lr }),
    ...(c !== undefined && { c }),
    ...(mu !== undefined && { mu }),
  }
}

/** An optimizer is given as a whole, so a change of one option needs the others, which the service knows. */
async function defaultOptimizer(thresher: Thresher, request: JobRequest) {
  const { optimizer } = (await thresher.jobs.plan(request)).spec
  if (!request.target || !('c' in optimizer)) return optimizer
  // The target chose this c for the other settings; it will choose another one for the changed ones.
  const { c: _, ...rest } = optimizer
  return rest
}
