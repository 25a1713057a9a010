import { PermissionError } from '@thresher/client'
import { EmptyState } from './empty-state.tsx'
import { ProblemNotice } from './problem-notice.tsx'

interface AccessNoticeProps {
  error: Error
  /** What the page shows, for example `keys`. */
  what: string
}

/** An error of a page; for a caller who may not see it, an explanation in its place. */
export function AccessNotice({ error, what }: AccessNoticeProps) {
  if (!(error instanceof PermissionError))
    return <ProblemNotice error={error} title={`The ${what} could not be loaded.`} />
  return (
    <EmptyState title={`Your key does not show ${what}.`}>
      <p>{error.message} Ask an administrator of the service, or sign in with another key.</p>
    </EmptyState>
  )
}
