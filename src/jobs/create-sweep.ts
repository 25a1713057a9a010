import { ownedBy } from '#access/owner.ts'
import { modelIdOf } from '#domain/model-reference.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { newId } from '#stores/new-id.ts'
import { startSweep } from '#sweeps/advance-sweep.ts'
import { checkSweep } from '#sweeps/check-sweep.ts'
import { modelsOf, renameModels } from '#sweeps/model-references.ts'
import type { Sweep } from '#sweeps/sweep.ts'
import type { SweepRequest } from '#sweeps/sweep-request.ts'
import { checkTrials } from './check-trials.ts'
import type { SweepStores } from './drive-sweep.ts'

/**
 * Stores a sweep. Its first jobs are submitted when it is driven.
 * @returns the sweep; the one that the claim has created before, if there is one
 * @throws AppError `invalid_request` with paths in the request of the sweep, `idempotency_key_reused`, and as `submitJob` does for a trial
 */
export async function createSweep(
  stores: SweepStores,
  request: SweepRequest,
  claim?: IdempotencyClaim,
): Promise<{ sweep: Sweep; replayed: boolean }> {
  const earlier = claim && (await stores.sweeps.find(claim))
  if (earlier) return { sweep: earlier, replayed: true }
  const exact = await withVersions(stores, request)
  checkSweep(exact)
  const { state } = startSweep(exact)
  await checkTrials(stores, state)
  const owned = ownedBy(stores.owner)
  const sweep = { id: newId('sweep'), createdAt: new Date().toISOString(), state, ...owned }
  const { sweepId, replayed } = await stores.sweeps.create(sweep, claim)
  // Otherwise it starts in the next period.
  if (!replayed) await stores.sweepControl.wake(sweepId).catch(() => {})
  return { sweep: replayed ? await stores.sweeps.require(sweepId) : sweep, replayed }
}

/** The request with the versions that the names of registered models stand for now, so that later jobs start from the same models. */
async function withVersions({ models }: SweepStores, request: SweepRequest): Promise<SweepRequest> {
  const versions = new Map<string, string>()
  for (const name of new Set(modelsOf(request))) {
    const model = await models.get(name)
    if (model) versions.set(name, modelIdOf(model))
  }
  return renameModels(request, name => versions.get(name) ?? name)
}
