import { AnswerError, type Thresher, type Worker } from '@thresher/client'
import type { Connection } from '../connection.ts'
import { bytes } from '../terminal/figures.ts'
import { type Check, failed, info, ok } from './check.ts'

const CALL = { retries: 0, timeoutMs: 10_000 }

/** Whether the service answers, accepts jobs and has workers, and what the key allows. */
export async function checkService(thresher: Thresher, { url, key }: Connection): Promise<Check[]> {
  const live = await thresher.health.live(CALL).catch(() => undefined)
  if (!live)
    return [
      failed(
        'service',
        `${url} does not answer`,
        '`thresher up`, or name another address with --url or THRESHER_URL',
      ),
    ]
  const ready = await attempt(() => thresher.health.ready(CALL))
  return [
    ready
      ? failed(
          'service',
          `${url} answers, but is not ready: ${ready.message}`,
          'see its log; docs/operating.md',
        )
      : ok('service', `${url} accepts jobs, version ${live.version}`),
    ...(await checkAccess(thresher, key)),
  ]
}

async function checkAccess(thresher: Thresher, key: string | undefined): Promise<Check[]> {
  const workers: Worker[] = []
  const refusal = await attempt(async () => {
    for await (const worker of thresher.workers.list(CALL)) workers.push(worker)
  })
  if (refusal instanceof AnswerError && refusal.status === 401)
    return [
      failed(
        'key',
        key ? 'the service refuses the key' : 'the service needs a key',
        '`thresher login`, or set THRESHER_KEY',
      ),
    ]
  if (refusal) return [failed('workers', refusal.message, 'see the log of the service')]
  return [await checkScopes(thresher, key), ...checkWorkers(workers)]
}

/** Asks for what each scope allows, without an effect. */
async function checkScopes(thresher: Thresher, key: string | undefined): Promise<Check> {
  const submits = await attempt(() => thresher.jobs.plan({ model: { preset: 'mnist-mlp' } }, CALL))
  const manages = await attempt(async () => void (await thresher.keys.list({ limit: 1 }, CALL)))
  const isForbidden = (error: unknown) => error instanceof AnswerError && error.status === 403
  const scope = !isForbidden(manages) ? 'admin' : !isForbidden(submits) ? 'submit' : 'read'
  if (key === undefined) return ok('key', 'the service needs none')
  return scope === 'read'
    ? info('key', 'valid, scope read: it cannot submit jobs')
    : ok('key', `valid, scope ${scope}`)
}

function checkWorkers(workers: readonly Worker[]): Check[] {
  if (workers.length === 0)
    return [
      failed('workers', 'none is alive: jobs wait', '`thresher up`, or `npm run worker` on a worker host'),
    ]
  return workers.map(({ host, engine, engineVersion, device, threads, memoryBytes }) => {
    const memory = memoryBytes === undefined ? '' : `, ${bytes(memoryBytes)} of memory`
    return ok('worker', `${host}: ${engine} ${engineVersion} on ${device}, ${threads} threads${memory}`)
  })
}

/** @returns the error, if there is one */
async function attempt(call: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error as Error
  }
}
