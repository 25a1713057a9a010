/** What a child sends when it can take tasks. */
export const READY = 'ready'

/** The name of the error that a child answers when its answer is too large to be sent. */
export const ANSWER_TOO_LARGE = 'AnswerTooLarge'

/** What is sent to a child. */
export interface Order<Task> {
  task: Task
  answerBytes: number
}

/** What a child answers in place of what was asked for. */
export interface ChildError {
  error: {
    name: string
    message: string
    stack?: string | undefined
    /** Of an error of the operating system: `ENOSPC`. */
    code?: string | undefined
    /** What a library said; for the log. */
    cause?: string | undefined
    /** The child is not to be given another task. */
    endsReader?: boolean | undefined
  }
}
