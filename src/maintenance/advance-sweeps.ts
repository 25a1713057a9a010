import type { Logger } from 'pino'
import { driveSweep, type SweepStores } from '#jobs/drive-sweep.ts'
import type { Stores } from '#stores/connect.ts'
import { StorageRoom } from '#stores/storage-room.ts'
import { isUnderWay } from '#sweeps/sweep.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 1_000

/** Advances, every second, the sweeps that have not ended. @returns a function that stops it */
export function advanceSweeps(
  stores: SweepStores & Pick<Stores, 'lease' | 'redis'>,
  logger: Logger,
): () => Promise<void> {
  const room = new StorageRoom(stores.redis, stores.blobs)
  return runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores, name: 'advance-sweeps' },
    async run() {
      const maySubmit = (await room.shortages()).length === 0
      for await (const ids of stores.sweeps.activeIds())
        for (const sweepId of ids) await advanceOne(stores, sweepId, logger, maySubmit)
    },
    onFailure: err => logger.warn({ err }, 'the sweeps could not be advanced'),
  })
}

/** An error of one sweep does not end the loop; the sweep is advanced again in the next period. */
async function advanceOne(
  stores: SweepStores,
  sweepId: string,
  logger: Logger,
  maySubmit: boolean,
): Promise<void> {
  try {
    const sweep = await driveSweep(stores, sweepId, { log: logger, maySubmit })
    if (!isUnderWay(sweep)) logger.info({ sweepId, status: sweep.state.status }, 'a sweep has ended')
  } catch (err) {
    logger.error({ err, sweepId }, 'a sweep could not be advanced')
  }
}
