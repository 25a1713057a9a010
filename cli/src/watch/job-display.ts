import type { Job, JobEvent, JobFrame, JobProgress } from '@thresher/client'
import { titleOf } from '../job-facts.ts'
import { LiveArea } from '../terminal/live-area.ts'
import type { Output } from '../terminal/output.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'
import { harmless, wrap } from '../terminal/text.ts'
import { epochLine } from './epoch-line.ts'
import { eventLine } from './event-line.ts'
import { type ProgressView, progressLines } from './progress-lines.ts'

/** Events that say nothing that the lines of the epochs, or the end, do not say. */
const SILENT: ReadonlySet<JobEvent['type']> = new Set([
  'queued',
  'checkpointed',
  'artifact',
  'succeeded',
  'failed',
  'cancelled',
])

/** Shows the frames of a job: a line for each epoch, which stays, and on a terminal a bar and the course of the sparsity below. */
export class JobDisplay {
  readonly #terminal: Terminal
  readonly #rows: Output
  readonly #live: LiveArea | undefined
  #job: Job | undefined
  #sparsities: number[] = []
  #progress: ProgressView['progress'] = { epoch: 1 }
  #notice: string | undefined
  #phase: string | undefined

  /** @param rows where the lines of the epochs go: to standard output if they are what the user asked for */
  constructor(terminal: Terminal, rows: Output) {
    this.#terminal = terminal
    this.#rows = rows
    this.#live = terminal.isLive ? new LiveArea(terminal.err) : undefined
  }

  show(frame: JobFrame): void {
    if (frame.type === 'snapshot') this.#showSnapshot(frame.job)
    else if (frame.type === 'progress') this.#showProgress(frame)
    else if (frame.type === 'gap') this.#print(`events ${frame.from} to ${frame.to} are no longer stored`)
    else if (frame.type === 'epoch') this.#showEpoch(frame)
    else if (frame.type !== 'end') this.#showEvent(frame)
    this.#update()
  }

  /** Shows why nothing moves, until the next frame. Where lines stay, the same reason is printed once. */
  interrupt(text: string): void {
    const notice = harmless(text)
    const isNew = notice !== this.#notice
    this.#notice = notice
    if (this.#live && this.#job) this.#update()
    else if (isNew) this.#print(notice)
  }

  /** Removes what is painted over. */
  close(): void {
    this.#live?.clear()
  }

  #showSnapshot(job: Job): void {
    if (!this.#job) this.#print(this.#colors.dim(harmless(titleOf(job))))
    this.#job = job
    const { status, queuePosition, waitsFor } = job
    this.#notice = undefined
    if (waitsFor) this.#notice = `waiting: the quota ${waitsFor.quota} of the ${waitsFor.of} is used up`
    else if (status === 'queued') this.#notice = `queued${queuePosition ? `, place ${queuePosition}` : ''}`
    else if (status === 'paused') this.#notice = 'paused'
  }

  #showProgress(progress: JobProgress): void {
    this.#notice = undefined
    this.#progress = progress
  }

  #showEvent(event: Exclude<JobEvent, { type: 'epoch' }>): void {
    if (event.type === 'started') this.#notice = 'loading the data'
    if (event.type === 'restarted') this.#sparsities.length = event.data.fromEpoch
    if (event.type === 'paused') this.#notice = 'paused; `thresher resume` continues it'
    if (!SILENT.has(event.type)) this.#print(eventLine(event, this.#colors))
  }

  #showEpoch({ data }: Extract<JobEvent, { type: 'epoch' }>): void {
    this.#sparsities.push(data.sparsity)
    this.#progress = { epoch: Math.min(data.epoch + 1, data.epochs) }
    this.#notice = data.epoch === data.epochs ? 'storing the model' : undefined
    if (data.phase === 'fineTune' && this.#phase === 'train')
      this.#print(this.#colors.dim('cut; the weights that remain are fine-tuned'))
    this.#phase = data.phase
    this.#print(epochLine(data, this.#colors, columnsOf(this.#rows)))
  }

  get #colors() {
    return this.#rows === this.#terminal.out ? this.#terminal.outColors : this.#terminal.errColors
  }

  #print(line: string): void {
    const lines = wrap(line, columnsOf(this.#rows) ?? Number.POSITIVE_INFINITY)
    const write = () => this.#rows.write(`${lines.join('\n')}\n`)
    if (this.#live) this.#live.above(write)
    else write()
  }

  #update(): void {
    if (!this.#live || !this.#job) return
    const view = {
      epochs: this.#job.progress.epochs,
      sparsities: this.#sparsities,
      progress: this.#progress,
      notice: this.#notice,
    }
    this.#live.show(progressLines(view, this.#terminal.errColors, (columnsOf(this.#terminal.err) ?? 80) - 1))
  }
}
