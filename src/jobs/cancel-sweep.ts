import { AppError } from '#domain/error.ts'
import type { Stores } from '#stores/connect.ts'
import type { Sweep } from '#sweeps/sweep.ts'

/**
 * Cancels a sweep: it submits no more jobs, and its unfinished jobs are cancelled when it is next driven.
 * @throws AppError `not_found`; `conflict` when the sweep has finished
 */
export async function cancelSweep(
  { sweeps, sweepControl }: Pick<Stores, 'sweeps' | 'sweepControl'>,
  sweepId: string,
): Promise<Sweep> {
  const sweep = await sweeps.append(sweepId, ({ state }) => {
    if (state.status === 'finished')
      throw new AppError('conflict', 'The sweep has finished; only an unfinished sweep can be cancelled.')
    return [{ type: 'cancelled' }]
  })
  await sweepControl.wake(sweepId).catch(() => {})
  return sweep
}
