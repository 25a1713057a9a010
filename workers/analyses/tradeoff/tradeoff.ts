import { TradeoffOptions } from '#analyses/tradeoff.ts'
import type { ArtifactName } from '#domain/artifact.ts'
import type { Computation } from '#workers/analyses/computation.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { computeTimedTradeoff } from './compute-timed-tradeoff.ts'
import type { TradeoffResult } from './compute-tradeoff.ts'

/** Measures the model of a job at other sparsities. */
export const tradeoff: Computation = async ({ models, options, places, signal, advance }) => {
  const model = await models[0]!.read()
  const { levels } = TradeoffOptions.parse(options)
  const splits = await loadSplits(model.spec, places)
  const { result, timed } = await computeTimedTradeoff(model, splits, {
    levels,
    signal,
    onProgress: advance,
  })
  await splits.close?.()
  return { files: tradeoffFiles(result), timed }
}

/** The files of a trade-off, by name, as an analysis and a job have them. */
export function tradeoffFiles({ tradeoff, statistics }: TradeoffResult) {
  return {
    'tradeoff.json': `${JSON.stringify(tradeoff)}\n`,
    ...(statistics && { 'tradeoff-statistics.safetensors': statistics }),
  } satisfies Partial<Record<ArtifactName, string | Uint8Array>>
}
