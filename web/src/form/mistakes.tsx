import { AnswerError } from '@thresher/client'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { type Mistake, notShown } from './problems.ts'

interface MistakesProps {
  error: Error | undefined
  /** The mistakes that no field of the form shows. */
  elsewhere: readonly Mistake[]
}

/** As `Mistakes`, for a form whose fields, by these names, show their own mistakes. */
export function MistakesBeside({ error, fields }: { error: Error | undefined; fields: readonly string[] }) {
  const mistakes = error instanceof AnswerError ? error.errors : []
  return <Mistakes error={error} elsewhere={notShown(mistakes, fields)} />
}

/** Why the service refuses a request: a count of the fields that say so themselves, and what no field shows. */
export function Mistakes({ error, elsewhere }: MistakesProps) {
  if (!error) return null
  if (!(error instanceof AnswerError) || error.errors.length === 0) return <ProblemNotice error={error} />
  const atFields = error.errors.length - elsewhere.length
  return (
    <div class="notice bad" role="status">
      {atFields > 0 && <p>{atFields === 1 ? 'One field has' : `${atFields} fields have`} a mistake.</p>}
      {elsewhere.map(({ path, message }) => (
        <p key={path}>
          {path && <code>{path}</code>} {message}
        </p>
      ))}
    </div>
  )
}
