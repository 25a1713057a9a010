import { join } from 'node:path'
import type { ArtifactName } from '#domain/artifact.ts'
import { totalEpochs } from '#domain/phases.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { TimedCuts } from '#optimization/tradeoff.ts'
import { computeTimedTradeoff } from '#workers/analyses/tradeoff/compute-timed-tradeoff.ts'
import { tradeoffFiles } from '#workers/analyses/tradeoff/tradeoff.ts'
import type { Splits } from '#workers/data/examples.ts'
import { throttle } from '#workers/training/throttle.ts'
import type { Write } from './retrying-writer.ts'
import type { SendReport } from './runner-protocol.ts'

const PROGRESS_INTERVAL_MS = 250

export interface MeasuringOutput {
  scratch: string
  signal: AbortSignal
  send: SendReport
  write: Write
}

/**
 * Measures the trade-off of a job's model as the last part of the job, and writes its files to the scratch folder. It keeps no intermediate
 * state: a restart repeats it. @param last the metrics of the last epoch; absent if the job continues another one and has trained none @returns
 * the names of the files, and the times
 */
export async function measureTradeoff(
  model: TrainedModel,
  splits: Splits,
  last: EpochMetrics | undefined,
  { scratch, signal, send, write }: MeasuringOutput,
): Promise<{ names: ArtifactName[]; timed: TimedCuts }> {
  const isDue = throttle(PROGRESS_INTERVAL_MS)
  const stepsPerEpoch = Math.ceil(splits.training.indices.length / model.spec.batchSize)
  const progress = {
    type: 'progress',
    epoch: last?.epoch ?? totalEpochs(model.spec),
    step: stepsPerEpoch,
    stepsPerEpoch,
    loss: last?.trainLoss ?? 0,
    examplesPerSecond: last?.examplesPerSecond ?? 0,
  } as const
  const { result, timed } = await computeTimedTradeoff(model, splits, {
    signal,
    onProgress: async (done, total) => {
      if (isDue()) await send({ ...progress, tradeoff: { done, total } })
    },
  })
  const files = Object.entries(tradeoffFiles(result)) as [ArtifactName, string | Uint8Array][]
  for (const [name, content] of files) await write(join(scratch, name), Buffer.from(content))
  return { names: files.map(([name]) => name), timed }
}
