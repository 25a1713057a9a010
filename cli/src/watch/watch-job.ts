import type { EpochMetrics, Job, ThresherError } from '@thresher/client'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { printJson } from '../print.ts'
import type { Output } from '../terminal/output.ts'
import { columnsOf } from '../terminal/terminal.ts'
import { wrap } from '../terminal/text.ts'
import { JobDisplay } from './job-display.ts'
import { outcomeLines } from './outcome.ts'
import { Patience } from './patience.ts'

const EXIT_OF_STATUS: Partial<Record<Job['status'], ExitCode>> = {
  succeeded: EXIT.succeeded,
  failed: EXIT.failed,
  cancelled: EXIT.cancelled,
}

/**
 * Shows a job until it has ended, or until Ctrl-C; the job continues then. With `--json`, each frame is a line of standard output.
 * @param rows where the lines of the epochs go
 */
export async function watchJob(context: Context, id: string, rows: Output): Promise<ExitCode> {
  const { thresher, json, err } = context
  const detaching = new AbortController()
  const detach = () => detaching.abort()
  // Once: a second Ctrl-C ends the process at once.
  process.once('SIGINT', detach)
  const display = json ? undefined : new JobDisplay(context, rows)
  const patience = new Patience()
  const onInterruption = (error: ThresherError) => {
    patience.interrupted(error)
    display?.interrupt(`${error.message.replace(/\.$/, '')}; trying again`)
  }
  try {
    for await (const frame of thresher.jobs.watch(id, { signal: detaching.signal, onInterruption })) {
      patience.answered()
      if (json) printJson(context, frame)
      else display?.show(frame)
    }
  } catch (error) {
    if (!detaching.signal.aborted) throw error
    display?.close()
    const text = `Detached: the job continues. \`thresher watch ${id}\` returns, \`thresher cancel ${id}\` ends it.`
    err.write(`${wrap(text, columnsOf(err) ?? Number.POSITIVE_INFINITY).join('\n')}\n`)
    return EXIT.interrupted
  } finally {
    display?.close()
    process.off('SIGINT', detach)
  }
  const job = await thresher.jobs.get(id)
  if (!json) err.write(`${outcomeLines(job, await modelMetrics(context, job), context).join('\n')}\n`)
  return EXIT_OF_STATUS[job.status] ?? EXIT.failed
}

/** The metrics of the epoch that the model of the job is from; early stopping may choose an earlier one than the last. */
async function modelMetrics(
  { thresher }: Context,
  { id, modelEpoch, metrics }: Job,
): Promise<EpochMetrics | undefined> {
  if (modelEpoch === undefined || modelEpoch === metrics?.epoch) return metrics
  const { data } = await thresher.jobs.metrics(id, { fromEpoch: modelEpoch, toEpoch: modelEpoch })
  return data[0]
}
