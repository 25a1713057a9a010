import type { TrainedModel } from '#formats/trained-model.ts'
import type { Latency } from '#optimization/latency.ts'
import { PredictionTimer } from './prediction-timer.ts'

/** How long the predictions of a model take on this machine; undefined if the runtime cannot compute its network. */
export async function latencyOf(model: TrainedModel): Promise<Latency | undefined> {
  const timer = await PredictionTimer.open(model)
  if (!timer) return undefined
  const latency = await timer.latencyOf(model)
  timer.end()
  return latency
}
