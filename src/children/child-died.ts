/** The process of a task ended, or could not be started, for a reason that is not a limit. */
export class ChildDied extends Error {
  override readonly name = 'ChildDied'
  /** What it wrote to stderr last, for the log. */
  readonly stderrTail: string

  /** Whether it had begun with its task. */
  readonly hadStarted: boolean

  /** @param message how it ended: `SIGSEGV`, `code 1` */
  constructor(message: string, stderrTail: string, hadStarted = true) {
    super(message)
    this.stderrTail = stderrTail
    this.hadStarted = hadStarted
  }
}
