import type { Sweep } from '@thresher/client'
import { Figure } from '../../components/figure.tsx'
import { Panel } from '../../components/panel.tsx'
import { formatNumber } from '../../format/numbers.ts'
import { formatTime } from '../../format/times.ts'
import { progressOf, trialsOf } from './sweep-words.ts'

/** What the sweep does, and how far it is. */
export function SweepFigures({ sweep }: { sweep: Sweep }) {
  const { method, request, best, createdAt, learningRate } = sweep
  const { ended, total } = trialsOf(sweep)
  return (
    <Panel
      title="Search"
      controls={
        <progress
          class="bar short"
          aria-label="Trials that ended"
          {...(total !== undefined && { max: total || 1, value: ended })}
        />
      }
    >
      <dl class="figures">
        <Figure label="Method">{method}</Figure>
        <Figure label="Trials" note={progressOf(sweep)}>
          {total === undefined ? ended : `${ended} of ${total}`}
        </Figure>
        <Figure label="Objective">{objectiveOf(request)}</Figure>
        {best !== undefined && <Figure label="Best trial">{best === null ? 'none' : `#${best}`}</Figure>}
        {learningRate && (
          <Figure label="Recommended learning rate">{formatNumber(learningRate.recommended)}</Figure>
        )}
        <Figure label="Created">{formatTime(createdAt)}</Figure>
      </dl>
    </Panel>
  )
}

function objectiveOf({ objective, search }: Sweep['request']): string {
  const usual = search.method === 'largestC' ? 'sparsity' : 'validationAccuracy'
  const { maximize, minimize, subjectTo } = objective ?? {}
  const parts = [
    (maximize !== undefined || minimize === undefined) && `maximize ${[maximize ?? usual].flat().join(', ')}`,
    minimize !== undefined && `minimize ${[minimize].flat().join(', ')}`,
    subjectTo && `subject to ${Object.keys(subjectTo).join(', ')}`,
  ]
  return parts.filter(Boolean).join('; ')
}
