import { useEffect, useState } from 'preact/hooks'
import { focusUnreadable } from '../form/focus-unreadable.ts'

export interface Submission {
  /** Why the present request was refused. */
  error?: Error
  isSending: boolean
  submit(event: Event): void
}

/**
 * Sends a request when its form is submitted, once at a time, and not while a text of the form is not JSON. A change of the request
 * removes the error.
 */
export function useSubmission(request: unknown, send: () => Promise<void>): Submission {
  const [state, setState] = useState<Omit<Submission, 'submit'>>({ isSending: false })
  useEffect(() => setState(({ error: _, ...rest }) => rest), [request])
  const submit = (event: Event) => {
    event.preventDefault()
    if (state.isSending || focusUnreadable(event.currentTarget as HTMLFormElement)) return
    setState({ isSending: true })
    send().then(
      () => setState({ isSending: false }),
      error => setState({ error, isSending: false }),
    )
  }
  return { ...state, submit }
}
