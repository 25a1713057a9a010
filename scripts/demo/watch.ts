import { WebSocket } from 'ws'
import type { JobEvent, ProgressFrame } from '#domain/event.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'

type Frame =
  | JobEvent
  | ProgressFrame
  | { type: 'end'; status: string }
  | { type: 'snapshot' | 'heartbeat' | 'gap' }

const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)} %`

/** Shows a job's stream in the terminal, with a line per epoch and a progress bar. @returns the job's final status, engine and metrics by epoch */
export async function watch(
  url: string,
  jobId: string,
): Promise<{ status: string; engine: string; series: EpochMetrics[] }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/jobs/${jobId}/stream`)
  const series: EpochMetrics[] = []
  let engine = ''
  return await new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', code => reject(new Error(`the stream closed with ${code} before the job ended`)))
    socket.on('message', data => {
      const frame: Frame = JSON.parse(String(data))
      if (frame.type === 'epoch') series.push(frame.data)
      if (frame.type === 'started') engine = frame.data.worker.engine
      if (frame.type === 'end') resolve({ status: frame.status, engine, series })
      else show(frame)
    })
  })
}

function show(frame: Exclude<Frame, { type: 'end' }>): void {
  if (frame.type === 'progress') showBar(frame)
  const text = describe(frame)
  if (text) process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : ''}  ${text}\n`)
}

function describe(frame: Exclude<Frame, { type: 'end' }>): string | undefined {
  switch (frame.type) {
    case 'started':
      return `trains on the ${frame.data.worker.engine} engine, device ${frame.data.worker.device}`
    case 'warning':
      return `warning: ${frame.data.message}`
    case 'restarted':
      return `restarted: ${frame.data.reason}`
    case 'failed':
      return `failed: ${frame.data.error.message}`
    case 'epoch': {
      const { epoch, epochs, phase, trainLoss, validationAccuracy, sparsity, examplesPerSecond } = frame.data
      const rate = Math.round(examplesPerSecond).toLocaleString('en')
      const learned = `loss ${trainLoss.toFixed(4)}  test accuracy ${percent(validationAccuracy ?? 0)}`
      const tuning = phase === 'fineTune' ? ', tuning' : ''
      return `epoch ${epoch}/${epochs}${tuning}  ${learned}  sparsity ${percent(sparsity)}  ${rate} images/s`
    }
    default:
      return undefined
  }
}

function showBar({ epoch, step, stepsPerEpoch, loss, examplesPerSecond }: ProgressFrame): void {
  if (!process.stdout.isTTY) return
  const filled = Math.round((30 * step) / stepsPerEpoch)
  const bar = '█'.repeat(filled) + '░'.repeat(30 - filled)
  const rate = Math.round(examplesPerSecond).toLocaleString('en')
  process.stdout.write(`\r\x1b[K  epoch ${epoch}  ${bar}  loss ${loss.toFixed(4)}  ${rate} images/s`)
}
