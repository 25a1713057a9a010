import type { JobProgress } from '@thresher/client'
import { bar } from '../terminal/bar.ts'
import { count, decimal, percent } from '../terminal/figures.ts'
import { fitLine, type Part } from '../terminal/fit-line.ts'
import { sparkline } from '../terminal/sparkline.ts'
import type { Colors } from '../terminal/terminal.ts'
import { cut, padStart } from '../terminal/text.ts'

/** What the lines at the bottom show while a job runs. */
export interface ProgressView {
  /** In all phases. */
  epochs: number
  /** After each epoch. */
  sparsities: readonly number[]
  progress: Partial<JobProgress> & Pick<JobProgress, 'epoch'>
  /** In place of the bar: why nothing moves. */
  notice?: string | undefined
}

/** Two lines for the bottom of the terminal: a bar within the epoch, and the sparsity so far. */
export function progressLines(view: ProgressView, colors: Colors, columns: number): string[] {
  const { sparsities, notice } = view
  const first = notice === undefined ? barLine(view, colors, columns) : colors.dim(cut(notice, columns))
  return sparsities.length === 0 ? ['', first] : ['', first, sparsityLine(sparsities, colors, columns)]
}

function barLine({ epochs, progress }: ProgressView, colors: Colors, columns: number): string {
  const { epoch, step = 0, stepsPerEpoch = 1, loss, examplesPerSecond, tradeoff } = progress
  const { dim } = colors
  const width = Math.max(8, Math.min(30, columns - 42))
  if (tradeoff) {
    const { done, total } = tradeoff
    const points = dim(`${done} of ${total} points`)
    return fitLine(
      [{ text: 'trade-off' }, { text: bar(done / total, width, colors) }, { text: points }],
      columns,
    )
  }
  const parts: Part[] = [
    { text: padStart(String(epoch), String(epochs).length) + dim(`/${epochs}`) },
    { text: bar(step / stepsPerEpoch, width, colors) },
  ]
  if (loss !== undefined) parts.push({ text: `${dim('loss')} ${decimal(loss)}`, optional: 1 })
  if (examplesPerSecond !== undefined)
    parts.push({ text: dim(`${count(examplesPerSecond)} examples/s`), optional: 2 })
  return fitLine(parts, columns)
}

function sparsityLine(sparsities: readonly number[], { green, dim }: Colors, columns: number): string {
  const last = percent(sparsities.at(-1)!)
  const width = Math.max(8, Math.min(60, columns - last.length - 8))
  return `${dim('zeros')} ${green(sparkline(sparsities, width, 0, 1))} ${last}`
}
