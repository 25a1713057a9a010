import type { Job, ListedJob } from '@thresher/client'
import { bytes, counted } from './terminal/figures.ts'
import type { Colors } from './terminal/terminal.ts'

/** The preset of a job, or that it has another network. */
export function modelOf({ spec: { model, init } }: ListedJob | Job): string {
  if ('preset' in model) return model.preset
  return init?.modelId ?? 'own network'
}

export function targetOf({ spec: { target } }: ListedJob | Job): string | undefined {
  if (target?.sparsity !== undefined) return `${Number((100 * target.sparsity).toFixed(3))} % zeros`
  return target?.sizeBytes === undefined ? undefined : `at most ${bytes(target.sizeBytes)}`
}

/** What a job trains, in a line. */
export function titleOf(job: Job): string {
  const target = targetOf(job)
  const { epochs } = job.progress
  return [
    job.name ?? modelOf(job),
    counted(epochs, 'epoch'),
    ...(target ? [target] : [optimizerOf(job)]),
  ].join(', ')
}

/** The optimizer with its options. */
export function optimizerOf({ spec: { optimizer } }: ListedJob | Job): string {
  const { name, ...options } = optimizer
  const shown = Object.entries(options).filter(([, value]) => typeof value === 'number')
  return [name, ...shown.map(([key, value]) => `${key} ${value}`)].join(', ')
}

export function statusColor(status: Job['status'], { green, red, yellow, cyan, dim }: Colors) {
  if (status === 'succeeded') return green
  if (status === 'failed') return red
  if (status === 'cancelled' || status === 'cancelling') return yellow
  return status === 'running' || status === 'restarting' ? cyan : dim
}
