import type { TrainedModel } from '#formats/trained-model.ts'
import type { CutTimings, TimedCuts } from '#optimization/tradeoff.ts'
import { PredictionTimer } from '#workers/analyses/latency/prediction-timer.ts'
import type { Splits } from '#workers/data/examples.ts'
import { computeTradeoff, type MeasuringOptions, type TradeoffResult } from './compute-tradeoff.ts'

/** For each cut: much less than its evaluation takes. */
const CUT_MILLISECONDS = 40

/** Measures the trade-off of a model, and times the predictions of the model and of its cuts. */
export async function computeTimedTradeoff(
  model: TrainedModel,
  splits: Splits,
  options: MeasuringOptions,
): Promise<{ result: TradeoffResult; timed: TimedCuts }> {
  const timer = await PredictionTimer.open(model)
  if (!timer) return { result: await computeTradeoff(model, splits, options), timed: {} }
  const latency = await timer.latencyOf(model)
  const cutTimings: CutTimings[] = []
  const result = await computeTradeoff(model, splits, {
    ...options,
    onCut: async cut => {
      const { rule, scope, nonzero } = cut.cut
      cutTimings.push({ rule, scope, nonzero, timings: await timer.time(cut, CUT_MILLISECONDS) })
    },
  })
  timer.end()
  return { result, timed: { latency, cutTimings } }
}
