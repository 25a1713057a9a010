import type { Analysis, AnalysisFrame } from '@thresher/client'
import { useEffect, useState } from 'preact/hooks'
import { client } from '../../state/session.ts'

const UNFINISHED = ['queued', 'running', 'restarting', 'cancelling'] as const

export interface Measurement {
  /** The status of the analysis, while one runs. */
  status?: Analysis['status']
  /** Points that are measured, of all. */
  done?: number
  total?: number
  error?: Error
  start(): void
}

/** The measurement of a job's trade-off: one that runs already is found again, for example after the page was reloaded. */
export function useMeasurement(job: string, onDone: () => void): Measurement {
  const [id, setId] = useState<string>()
  const [state, setState] = useState<Omit<Measurement, 'start'>>({})
  const { analyses } = client.value
  useEffect(() => {
    const { signal, abort } = abortable()
    const running = analyses.list(
      { kind: 'tradeoff', jobId: job, status: [...UNFINISHED], limit: 1 },
      { signal },
    )
    running.then(({ data: [found] }) => found && !signal.aborted && setId(found.id), ignore)
    return abort
  }, [job])
  useEffect(() => {
    if (id === undefined) return
    const { signal, abort } = abortable()
    follow(analyses.watch(id, { signal }), progress => signal.aborted || setState(progress)).then(
      end => signal.aborted || (end.error ? setState(end) : onDone()),
      error => signal.aborted || setState({ error }),
    )
    return abort
  }, [id])
  const start = () => {
    setState({ status: 'queued' })
    analyses.create({ kind: 'tradeoff', jobs: [job] }).then(
      ({ id }) => setId(id),
      error => setState({ error }),
    )
  }
  return { ...state, start }
}

/** Reports the progress of an analysis until it has ended. @returns its last state, with the error of a failure */
async function follow(
  frames: AsyncIterable<AnalysisFrame>,
  report: (progress: Omit<Measurement, 'start'>) => void,
): Promise<Omit<Measurement, 'start'>> {
  for await (const frame of frames) {
    if (frame.type === 'snapshot') report({ status: frame.analysis.status })
    if (frame.type === 'progress') report({ status: 'running', done: frame.done, total: frame.total })
    if (frame.type === 'failed') return { error: new Error(frame.data.error.message) }
    if (frame.type === 'cancelled') return { error: new Error('The measurement was cancelled.') }
  }
  return {}
}

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

/** Without the list, a running measurement is only not found again. */
function ignore(): void {}
