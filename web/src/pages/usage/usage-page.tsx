import { AccessNotice } from '../../components/access-notice.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { choiceCodec, textCodec } from '../../state/codecs.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { bucketUsage } from './bucket-usage.ts'
import { loadUsage, type UsageOfRange } from './load-usage.ts'
import { UsageChart } from './usage-chart.tsx'
import { UsageFigures } from './usage-figures.tsx'
import { UsageFilters } from './usage-filters.tsx'
import { MEASURE_NAMES, MEASURES, type MeasureName } from './usage-measures.ts'
import { UsageTable } from './usage-table.tsx'

const days = urlState('days', choiceCodec<'1' | '7' | '31'>(['1', '7', '31'], '1'))
const keyId = urlState('key', textCodec())
const tenant = urlState('tenant', textCodec())
const measure = urlState('of', choiceCodec<MeasureName>(MEASURE_NAMES, 'deviceSeconds'))

/** What keys have used. Keys that are not of admins see their own usage. */
export function UsagePage() {
  const query = {
    ...(keyId.value && { keyId: keyId.value }),
    ...(tenant.value && { tenant: tenant.value }),
  }
  const { data, error } = useLoaded(
    signal => loadUsage(Number(days.value), query, signal),
    [client.value, days.value, JSON.stringify(query)],
  )
  return (
    <>
      <PageHeader title="Usage">
        <UsageFilters days={days} keyId={keyId} tenant={tenant} />
      </PageHeader>
      {error && <AccessNotice error={error} what="this usage" />}
      {!data && !error && <Skeleton lines={8} />}
      {data && <Content usage={data} />}
    </>
  )
}

function Content({ usage }: { usage: UsageOfRange }) {
  const hours = Number(days.value) > 7 ? 24 : 1
  const unit = hours === 24 ? 'UTC day' : 'hour'
  if (usage.rows.length === 0) return <EmptyState title="Nothing was used in this time." />
  return (
    <div class="stack">
      <UsageFigures totals={usage.totals} />
      <Panel title={`By ${unit}`} controls={<MeasureSelect />}>
        <UsageChart
          buckets={bucketUsage(usage.rows, measure.value, { ...usage, hours })}
          measure={MEASURES[measure.value]}
          unit={unit}
        />
      </Panel>
      <Panel title="By hour and key">
        <UsageTable rows={usage.rows} />
      </Panel>
    </div>
  )
}

function MeasureSelect() {
  return (
    <label class="inline-field small">
      Show
      <select
        value={measure.value}
        onChange={event => {
          measure.value = event.currentTarget.value as MeasureName
        }}
      >
        {MEASURE_NAMES.map(name => (
          <option key={name} value={name}>
            {MEASURES[name].label}
          </option>
        ))}
      </select>
    </label>
  )
}
