import { Figure } from '../../components/figure.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import type { Json } from '../../form/path.ts'
import { formatCount } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import type { PlanState } from '../../job-form/use-plan.ts'
import { countTrials } from '../count-trials.ts'

/** What a sweep takes, from the dry run of the job that it varies. */
export function SweepCost({ request, plan, error }: PlanState & { request: Json }) {
  const trials = countTrials(request)
  const seconds = plan?.estimatedSeconds
  return (
    <Panel title="Forecast">
      <div class="stack">
        <dl class="figures">
          <Figure label="Trials">
            {trials === undefined ? 'decided by the search' : formatCount(trials)}
          </Figure>
          <Figure label="One trial" note={seconds === undefined ? 'no similar job has finished' : ''}>
            {formatDuration(seconds)}
          </Figure>
          {trials !== undefined && seconds !== undefined && (
            <Figure label="Training time of all" note="with every trial in full">
              {formatDuration(trials * seconds)}
            </Figure>
          )}
          {plan && <Figure label="Parameters">{formatCount(plan.plan.parameters)}</Figure>}
        </dl>
        {error && <ProblemNotice error={error} title="The varied job would be refused." />}
      </div>
    </Panel>
  )
}
