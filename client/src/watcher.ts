import type { JobFrame } from './frames.ts'

/** One reader of the frames of a job that arrive on a socket of many jobs. */
export class Watcher {
  readonly #waiting: JobFrame[] = []
  #after: number
  #hasSnapshot = false
  #hasFailed = false
  #failure: unknown
  #wake = () => {}

  /** @param after the seq of the last event that the reader knows */
  constructor(after: number) {
    this.#after = after
  }

  get after(): number {
    return this.#after
  }

  /**
   * Accepts the frames that continue what the reader has. Another reader of the same job may have asked for other events, so frames
   * arrive that this reader has, or that it will get again after the ones it lacks.
   */
  accept(frame: JobFrame): void {
    if (frame.type === 'snapshot') this.#hasSnapshot = true
    else if (!this.#hasSnapshot || !this.#continues(frame)) return
    // The newest progress replaces one that was not read yet.
    if (frame.type === 'progress' && this.#waiting.at(-1)?.type === 'progress') this.#waiting.pop()
    this.#waiting.push(frame)
    this.#wake()
  }

  fail(error: unknown): void {
    this.#hasFailed = true
    this.#failure = error
    this.#wake()
  }

  /** @throws what `fail` was called with */
  async *frames(): AsyncGenerator<JobFrame> {
    for (;;) {
      if (this.#hasFailed) throw this.#failure
      const frame = this.#waiting.shift()
      if (frame) yield frame
      else await new Promise<void>(resolve => (this.#wake = resolve))
      if (frame?.type === 'end') return
    }
  }

  #continues(frame: Exclude<JobFrame, { type: 'snapshot' }>): boolean {
    if (frame.type === 'progress') return true
    if (frame.type === 'end') return this.#after >= frame.lastSeq
    const [from, to] = frame.type === 'gap' ? [frame.from, frame.to] : [frame.seq, frame.seq]
    if (to <= this.#after || from > this.#after + 1) return false
    this.#after = to
    return true
  }
}
