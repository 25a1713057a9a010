import { AnswerError } from '@thresher/client'

/** An error of the service: its detail, and each mistake with the path of its field. */
export function ProblemNotice({ error, title }: { error: Error; title?: string }) {
  const { detail, mistakes } = partsOf(error)
  return (
    <div class="notice bad" role="alert">
      {title !== undefined && <strong>{title}</strong>}
      {detail !== undefined && <p>{detail}</p>}
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

/** The detail of a problem usually repeats its mistakes: each is shown once, beside the path of its field if it has one. */
function partsOf(error: Error): { detail?: string; mistakes: AnswerError['errors'] } {
  const { message: detail } = error
  const mistakes = error instanceof AnswerError ? error.errors : []
  if (!mistakes.every(({ message }) => detail.includes(message))) return { detail, mistakes }
  const hasPaths = mistakes.some(({ path }) => path !== '')
  return hasPaths ? { mistakes } : { detail, mistakes: [] }
}

/** What the service says about one field of a form, by the path of the problem. */
export function mistakeAt(error: Error | undefined, path: string): string | undefined {
  if (!(error instanceof AnswerError)) return undefined
  return error.errors.find(mistake => mistake.path === path)?.message
}
