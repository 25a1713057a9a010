import type { Stores } from '#stores/connect.ts'
import type { SweepRequest } from '#sweeps/sweep-request.ts'

/** @returns the id of a sweep that has not ended and whose request names a record, so that its later jobs may need it */
export async function sweepNaming(
  sweeps: Stores['sweeps'],
  names: (request: SweepRequest) => boolean,
): Promise<string | undefined> {
  for await (const ids of sweeps.activeIds())
    for (const id of ids) {
      const sweep = await sweeps.get(id)
      if (sweep && names(sweep.state.request)) return id
    }
  return undefined
}
