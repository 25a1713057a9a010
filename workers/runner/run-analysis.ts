import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { computationOf } from '#workers/analyses/computations.ts'
import { throttle } from '#workers/training/throttle.ts'
import { peakMemory } from './peak-memory.ts'
import { retryingWriter } from './retrying-writer.ts'
import type { AnalysisTask, SendReport } from './runner-protocol.ts'

const PROGRESS_INTERVAL_MS = 250

/**
 * Computes an analysis, writes its files to the scratch folder, and reports its progress and its files. It keeps no intermediate state: a
 * restart repeats it, to the same bits. @throws as the computation does
 */
export async function runAnalysis(
  { analysis, spec, checkpoints, scratch, ...places }: AnalysisTask,
  signal: AbortSignal,
  send: SendReport,
): Promise<void> {
  const { kind, jobs, options } = analysis
  const models = []
  for (const [index, job] of jobs.entries()) {
    const file = await readFile(checkpoints[index]!)
    models.push(modelFromCheckpoint(job.spec, decodeCheckpoint(file, trainingText(job.spec)).checkpoint))
  }
  const isDue = throttle(PROGRESS_INTERVAL_MS)
  const files = await computationOf(kind)({
    spec,
    jobIds: jobs.map(({ id }) => id),
    models,
    options,
    places,
    signal,
    advance: async (done, total) => {
      if (isDue()) await send({ type: 'advance', done, total })
    },
  })
  const write = retryingWriter(send, signal)
  for (const [name, content] of Object.entries(files)) {
    await write(join(scratch, name), Buffer.from(content))
    await send({ type: 'file', name })
  }
  await send({ type: 'analysed', peakMemoryBytes: peakMemory() })
}
