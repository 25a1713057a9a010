import { AnswerError } from '@thresher/client'

/** An error of the service: its detail, and each mistake with the path of its field. */
export function ProblemNotice({ error, title }: { error: Error; title?: string }) {
  const mistakes = error instanceof AnswerError ? error.errors : []
  return (
    <div class="notice bad" role="alert">
      {title !== undefined && <strong>{title}</strong>}
      <p>{error.message}</p>
      {mistakes.length > 0 && (
        <ul>
          {mistakes.map(({ path, message }) => (
            <li key={path}>
              <code>{path || 'body'}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {error instanceof AnswerError && error.problem.requestId !== '' && (
        <p class="quiet">
          {error.code} · request {error.problem.requestId}
        </p>
      )}
    </div>
  )
}

/** What the service says about one field of a form, by the path of the problem. */
export function mistakeAt(error: Error | undefined, path: string): string | undefined {
  if (!(error instanceof AnswerError)) return undefined
  return error.errors.find(mistake => mistake.path === path)?.message
}
