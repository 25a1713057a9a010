import { findCheckpoint } from '#domain/checkpoint.ts'
import { AppError } from '#domain/error.ts'
import type { Init, InitRequest } from '#domain/init-spec.ts'
import { topologyOf } from '#domain/presets/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { statisticsOf, variablesOf } from '#domain/variables.ts'
import { type Checkpoint, decodeCheckpoint } from '#formats/checkpoint.ts'
import type { World } from './connect.ts'
import { readBlob } from './read-blob.ts'

/**
 * Finds the checkpoint that a job is to start from, and whether it can.
 * @throws AppError `invalid_request` that names the field of `init` which is wrong
 */
export async function takeOverCheckpoint(
  { jobs, blobs }: Pick<World, 'jobs' | 'blobs'>,
  request: InitRequest,
  spec: TrainingSpec,
): Promise<{ init: Init; file: Uint8Array }> {
  const source = await jobs.get(request.jobId)
  if (!source) refuse('init.jobId', `there is no job ${request.jobId}`)
  const found = findCheckpoint(source, request.checkpoint)
  if (!found) {
    const epochs = source.checkpoints.map(({ epoch }) => epoch).join(', ') || 'none'
    refuse('init.checkpoint', `${source.id} keeps no such checkpoint; it keeps those of epochs: ${epochs}`)
  }
  const file = await readBlob(blobs, source.id, found.sha256)
  const { checkpoint } = decodeCheckpoint(file)
  checkVariables(spec, checkpoint, source.id)
  if (request.optimizerState && describeOptimizer(source.spec) !== describeOptimizer(spec))
    refuse(
      'init.optimizerState',
      `${source.id} was trained with ${describeOptimizer(source.spec)}, not ${describeOptimizer(spec)}`,
    )
  const { sha256, epoch } = found
  return { init: { ...request, epoch, sha256, clock: checkpoint.state.clock }, file }
}

function checkVariables(spec: TrainingSpec, { state }: Checkpoint, jobId: string): void {
  const topology = topologyOf(spec.model)
  const { params, accumulator, statistics = [] } = state.variables
  const describe = (tensors: readonly { name: string; shape: readonly number[] }[]) =>
    new Set(tensors.map(({ name, shape }) => `${name} [${shape}]`))
  const wanted = describe([...variablesOf(topology), ...statisticsOf(topology)])
  const given = describe([...(params ?? accumulator ?? []), ...statistics])
  const odd = [...wanted, ...given].filter(variable => !(wanted.has(variable) && given.has(variable)))
  if (odd.length > 0)
    refuse('init.jobId', `the model of ${jobId} has other variables: ${odd.slice(0, 4).join('; ')}`)
}

/** What decides which slots an optimizer has and what they mean; rates and thresholds may change. */
function describeOptimizer({ optimizer }: TrainingSpec): string {
  if (optimizer.name === 'grda') return 'grda'
  const { learningRate: _, ...rest } = optimizer
  return JSON.stringify(rest)
}

function refuse(path: string, message: string): never {
  throw new AppError('invalid_request', 'The job cannot start from that checkpoint.', {
    mistakes: [{ path, message }],
  })
}
