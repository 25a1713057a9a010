import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '#domain/analysis.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import type { AnalysedModel } from '#workers/analyses/computation.ts'
import { computationOf } from '#workers/analyses/computations.ts'
import { decodeState } from '#workers/analyses/saved-state.ts'
import { throttle } from '#workers/training/throttle.ts'
import { peakMemory } from './peak-memory.ts'
import { retryingWriter } from './retrying-writer.ts'
import type { AnalysisTask, SendReport } from './runner-protocol.ts'
import { stateSaver } from './state-saver.ts'

const PROGRESS_INTERVAL_MS = 250

/**
 * Computes an analysis, writes its files to the scratch folder, and reports its progress and its files. It continues from the state that an
 * earlier attempt has saved, if its kind saves any, to the same bits. @throws as the computation does
 */
export async function runAnalysis(
  { analysis, spec, checkpoints, source, state, scratch, ...places }: AnalysisTask,
  signal: AbortSignal,
  send: SendReport,
): Promise<void> {
  const identity = identityOf(analysis)
  const isDue = throttle(PROGRESS_INTERVAL_MS)
  const { files, timed } = await computationOf(analysis.kind)({
    spec,
    models: analysis.jobs.map((job, index) => analysedModel(job, checkpoints[index]!)),
    options: analysis.options,
    readSource: source === undefined ? undefined : () => readFile(source),
    places,
    signal,
    advance: async (done, total) => {
      if (isDue()) await send({ type: 'advance', done, total })
    },
    saved: state === undefined ? undefined : decodeState(await readFile(state), identity),
    save: stateSaver(scratch, identity, send),
  })
  const write = retryingWriter(send, signal)
  for (const [name, content] of Object.entries(files)) {
    await write(join(scratch, name), Buffer.from(content))
    await send({ type: 'file', name })
  }
  await send({ type: 'analysed', peakMemoryBytes: peakMemory(), ...timed })
}

function analysedModel({ id, spec, checkpoint }: Analysis['jobs'][number], path: string): AnalysedModel {
  return {
    jobId: id,
    spec,
    epoch: checkpoint.epoch,
    async read() {
      const file = await readFile(path)
      return modelFromCheckpoint(spec, decodeCheckpoint(file, trainingText(spec)).checkpoint)
    },
  }
}

/** What the files of an analysis depend on. */
function identityOf({ kind, options, jobs, source }: Analysis): string {
  return JSON.stringify({
    kind,
    options,
    jobs: jobs.map(({ checkpoint }) => checkpoint.sha256),
    source: source?.sha256,
  })
}
