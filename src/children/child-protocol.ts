/** The message of a child that is ready for tasks. */
export const READY = 'ready'

/** The name of the error that a child sends when its answer is too large. */
export const ANSWER_TOO_LARGE = 'AnswerTooLarge'

/** The message to a child. */
export interface Order<Task> {
  task: Task
  answerBytes: number
}

/** The answer of a child whose task failed. */
export interface ChildError {
  error: {
    name: string
    message: string
    stack?: string | undefined
    /** The code of an operating system's error, e.g. `ENOSPC`. */
    code?: string | undefined
    /** The message of a library's error, for the log. */
    cause?: string | undefined
    /** The child must not be given another task. */
    endsReader?: boolean | undefined
  }
}
