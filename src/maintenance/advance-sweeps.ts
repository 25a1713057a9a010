import type { Logger } from 'pino'
import { driveSweep, type SweepStores } from '#jobs/drive-sweep.ts'
import type { Stores } from '#stores/connect.ts'
import { isUnderWay } from '#sweeps/sweep.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 1_000

/** Advances, every second, the sweeps that have not ended. @returns a function that stops it */
export function advanceSweeps(
  stores: SweepStores & Pick<Stores, 'lease'>,
  logger: Logger,
): () => Promise<void> {
  return runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores, name: 'advance-sweeps' },
    async run() {
      for await (const ids of stores.sweeps.activeIds())
        for (const sweepId of ids) await advanceOne(stores, sweepId, logger)
    },
    onFailure: err => logger.warn({ err }, 'the sweeps could not be advanced'),
  })
}

/** An error of one sweep does not end the loop; the sweep is advanced again in the next period. */
async function advanceOne(stores: SweepStores, sweepId: string, logger: Logger): Promise<void> {
  try {
    const sweep = await driveSweep(stores, sweepId, logger)
    if (!isUnderWay(sweep)) logger.info({ sweepId, status: sweep.state.status }, 'a sweep has ended')
  } catch (err) {
    logger.error({ err, sweepId }, 'a sweep could not be advanced')
  }
}
