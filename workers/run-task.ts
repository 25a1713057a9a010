import type { EpochMetrics } from '#domain/event.ts'
import { loadSplits } from './data/load-splits.ts'
import type { RunnerNews, TrainingTask } from './runner-protocol.ts'
import { train } from './train.ts'
import { warnOfDeadKernels } from './warn-of-dead-kernels.ts'
import { type Trained, writeArtifacts } from './write-artifacts.ts'

/** Trains and leaves the artifacts in the scratch folder, telling everything as it happens. @throws as `train` does */
export async function runTask(
  { spec, scratch }: TrainingTask,
  signal: AbortSignal,
  tell: (news: RunnerNews) => Promise<void>,
): Promise<void> {
  const series: EpochMetrics[] = []
  let weights: Trained['weights'] = []
  for await (const news of train(spec, await loadSplits(spec), signal)) {
    if (news.type === 'progress') {
      await tell(news)
      continue
    }
    await tell({ type: 'epoch', metrics: news.metrics })
    for (const warning of warnOfDeadKernels(news.metrics, series.at(-1)))
      await tell({ type: 'warning', warning })
    series.push(news.metrics)
    weights = news.weights
  }
  for (const name of await writeArtifacts(spec, { weights, series }, scratch))
    await tell({ type: 'artifact', name })
  await tell({ type: 'done' })
}
