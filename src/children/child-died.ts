/** The process of a task ended or could not be started, and not because of a limit. */
export class ChildDied extends Error {
  override readonly name = 'ChildDied'
  /** The end of its stderr, for the log. */
  readonly stderrTail: string

  /** Whether it had begun its task. */
  readonly hadStarted: boolean

  /** @param message how it ended: `SIGSEGV`, `code 1` */
  constructor(message: string, stderrTail: string, hadStarted = true) {
    super(message)
    this.stderrTail = stderrTail
    this.hadStarted = hadStarted
  }
}
