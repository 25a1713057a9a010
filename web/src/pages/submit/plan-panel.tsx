import { Panel } from '../../components/panel.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { formatNumber, formatPercent } from '../../format/numbers.ts'
import type { PlanState } from '../../job-form/use-plan.ts'
import { ForecastCharts } from './forecast-charts.tsx'
import { PlanFigures } from './plan-figures.tsx'

/** The live dry run of a job: what it costs, how its curves will go, and what the service warns about. */
export function PlanPanel({ plan, error, isStale }: PlanState) {
  return (
    <Panel title="Forecast" controls={<p class="chart-note">{noteOf({ plan, error, isStale })}</p>}>
      {plan ? (
        <div class={`stack ${isStale ? 'stale' : ''}`}>
          <PlanFigures plan={plan} />
          <Warnings plan={plan} />
          <ForecastCharts dryRun={plan} />
        </div>
      ) : error ? (
        <p class="quiet">There is a forecast once the request is complete and has no mistake.</p>
      ) : (
        <Skeleton lines={6} label="Planning" />
      )}
    </Panel>
  )
}

function noteOf({ plan, error, isStale }: PlanState): string {
  if (error) return plan ? 'Of the last request that the service accepted' : ''
  return isStale ? 'Planning…' : 'Nothing has been spent yet'
}

function Warnings({ plan }: { plan: NonNullable<PlanState['plan']> }) {
  const { warnings, waitsFor, recommendation } = plan
  return (
    <>
      {warnings.map(({ code, path, message }) => (
        <p key={`${code} ${path}`} class="notice warn" data-code={code}>
          <span>
            {path && <code>{path}</code>} {message}
          </span>
        </p>
      ))}
      {waitsFor && (
        <p class="notice warn">
          The job would wait: the quota {waitsFor.quota} of the {waitsFor.of} is exhausted.
        </p>
      )}
      {recommendation && (
        <p class="notice">
          Threshold: c = {formatNumber(recommendation.c)} is expected to reach{' '}
          {formatPercent(recommendation.sparsity, 1)} zeros before the cut, ±{' '}
          {formatPercent(recommendation.error, 1)}.
        </p>
      )}
    </>
  )
}
