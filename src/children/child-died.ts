/** The process of a task ended or could not be started, and no limit was the cause. */
export class ChildDied extends Error {
  override readonly name = 'ChildDied'
  /** The end of its stderr, for the log. */
  readonly stderrTail: string

  /** Whether it had begun its task. */
  readonly hadStarted: boolean

  /** @param message the signal or the exit code: `SIGSEGV`, `code 1` */
  constructor(message: string, stderrTail: string, hadStarted = true) {
    super(message)
    this.stderrTail = stderrTail
    this.hadStarted = hadStarted
  }
}
