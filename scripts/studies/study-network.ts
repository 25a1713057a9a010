import { createHash } from 'node:crypto'
import type { Analysis, AnalysisRequest, Job, Thresher } from '@thresher/client'
import type { StudiedNetwork } from './networks.ts'

/** The finished jobs and analyses of a network, by the name of the study. */
export interface Studied {
  sparse: Job[]
  dense: Job
  analyses: Record<string, Analysis>
}

/** Trains a network with and without a threshold and studies it. What was computed in the last 24 hours is reused. */
export async function studyNetwork(
  thresher: Thresher,
  network: StudiedNetwork,
  dataset?: { id: string },
): Promise<Studied> {
  const { base, learningRate, mu, scales } = network
  const common = { ...base, ...(dataset && { dataset }) }
  const sparse: Job[] = []
  for (const c of scales)
    sparse.push(await trained(thresher, { ...common, optimizer: { name: 'grda', learningRate, mu, c } }))
  const dense = await trained(thresher, { ...common, optimizer: { name: 'sgd', learningRate } })
  return { sparse, dense, analyses: await analysed(thresher, network, sparse, dense) }
}

async function analysed(
  thresher: Thresher,
  { curve, plane, hessian }: StudiedNetwork,
  sparse: readonly Job[],
  dense: Job,
): Promise<Studied['analyses']> {
  const all = [...sparse, dense].map(({ id }) => id)
  const pair: [string, string] = [sparse.at(-1)!.id, dense.id]
  const study = (request: AnalysisRequest) => finished(thresher, request)
  const connectivity = await study({ kind: 'connectivity', jobs: pair, ...curve })
  return {
    layers: await study({ kind: 'layers', jobs: all }),
    normRatio: await study({ kind: 'normRatio', jobs: all }),
    hessian: await study({ kind: 'hessian', jobs: all, ...hessian }),
    connectivity,
    plane: await study({ kind: 'plane', jobs: pair, analysisId: connectivity.id, ...plane }),
    ...(sparse.length > 1 && {
      connectivityOfLess: await study({
        kind: 'connectivity',
        jobs: [sparse[0]!.id, dense.id],
        ...curve,
      }),
    }),
  }
}

async function trained(thresher: Thresher, request: Parameters<Thresher['jobs']['create']>[0]): Promise<Job> {
  const { id } = await thresher.jobs.create(request, { idempotencyKey: keyOf(request) })
  const job = await thresher.jobs.wait(id)
  if (job.status !== 'succeeded') throw new Error(`${id} has ${job.status}: ${job.error?.message}`)
  console.log(`${id}: ${job.metrics!.validationAccuracy} at ${job.metrics!.sparsity} zeros`)
  return job
}

async function finished(thresher: Thresher, request: AnalysisRequest): Promise<Analysis> {
  const { id } = await thresher.analyses.create(request, { idempotencyKey: keyOf(request) })
  const analysis = await thresher.analyses.wait(id)
  if (analysis.status !== 'succeeded')
    throw new Error(`${id} has ${analysis.status}: ${analysis.error?.message}`)
  console.log(`${id}: ${request.kind}`)
  return analysis
}

function keyOf(request: object): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex')
}
