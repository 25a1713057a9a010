import pLimit from 'p-limit'
import type { Logger } from 'pino'
import { ownerOf } from '#access/owner.ts'
import { driveSweep } from '#jobs/drive-sweep.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { StorageRoom } from '#stores/storage-room.ts'
import { isUnderWay } from '#sweeps/sweep.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 1_000

/** @property datasetsDir the operator's folder of datasets */
type Advanced = ServiceStores & { datasetsDir: string }

/**
 * Advances the sweeps that have not ended: each as soon as one of its jobs has a new event, and all of them every second, because a
 * message may be lost. @returns a function that stops it
 */
export function advanceSweeps(stores: Advanced, logger: Logger): () => Promise<void> {
  const room = new StorageRoom(stores.redis, stores.blobs)
  const turn = pLimit(1)
  const waiting = new Set<string>()
  let [maySubmit, isHolder] = [false, false]
  const advance = (sweepId: string) => {
    waiting.delete(sweepId)
    return advanceOne(stores, sweepId, logger, maySubmit)
  }
  // The process that advanced the sweeps last also acts on messages.
  const lease = async (duty: string, durationMs: number) => {
    isHolder = await stores.lease(duty, durationMs)
    return isHolder
  }
  const stopWaking = stores.sweepControl.onWake(sweepId => {
    if (!isHolder || waiting.has(sweepId)) return
    waiting.add(sweepId)
    void turn(() => advance(sweepId))
  })
  const stopPeriods = runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores: { lease }, name: 'advance-sweeps' },
    async run() {
      maySubmit = (await room.shortages()).length === 0
      for await (const ids of stores.allSweeps.activeIds())
        for (const sweepId of ids) await turn(() => advance(sweepId))
    },
    onFailure: err => logger.warn({ err }, 'the sweeps could not be advanced'),
  })
  return async () => {
    stopWaking()
    await stopPeriods()
    await turn(() => {})
  }
}

/** An error of one sweep does not end the loop; the sweep is advanced again in the next period. */
async function advanceOne(
  { datasetsDir, ...stores }: Advanced,
  sweepId: string,
  logger: Logger,
  maySubmit: boolean,
): Promise<void> {
  try {
    const owner = ownerOf(await stores.allSweeps.require(sweepId))
    const sweep = await driveSweep({ ...stores.of(owner), datasetsDir }, sweepId, { log: logger, maySubmit })
    if (!isUnderWay(sweep)) logger.info({ sweepId, status: sweep.state.status }, 'a sweep has ended')
  } catch (err) {
    logger.error({ err, sweepId }, 'a sweep could not be advanced')
  }
}
