import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JobRequest, type TrainingSpec } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { Engine } from '#workers/engine/engine.ts'
import { runTask } from '#workers/runner/run-task.ts'
import type { RunnerReport, TrainingTask } from '#workers/runner/runner-protocol.ts'

/** Performs the task of a request as a runner does, in the folder `scratch`. `init` becomes part of the spec unchanged. */
export async function performTraining(
  engine: Engine,
  request: object,
  task: Pick<TrainingTask, 'scratch'> & Partial<TrainingTask>,
) {
  const parsed = JobRequest.parse(request)
  const { spec: resolved } = resolveSpec(parsed)
  const spec = { ...resolved, ...(parsed.init && { init: parsed.init }) } as TrainingSpec
  const reports: RunnerReport[] = []
  const send = async (report: RunnerReport) => void reports.push(report)
  await runTask({ spec, series: [], ...task }, engine, new AbortController().signal, send)
  return {
    model: await readFile(join(task.scratch, 'model.sparse.safetensors')),
    series: reports.flatMap(report => (report.type === 'epoch' ? [report.metrics] : [])),
    checkpoints: reports.flatMap(report => (report.type === 'checkpoint' ? [report] : [])),
    artifacts: reports.flatMap(report => (report.type === 'artifact' ? [report] : [])),
    done: reports.find(report => report.type === 'done'),
  }
}
