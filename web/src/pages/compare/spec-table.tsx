import { type Column, DataTable } from '../../components/data-table.tsx'
import { Panel } from '../../components/panel.tsx'
import type { Json } from '../../form/path.ts'
import { jobName } from '../../format/job-name.ts'
import { type SpecDifference, specDifferences } from './spec-differences.ts'
import type { Run } from './use-runs.ts'

/** Up to so many runs have a column each; more have a row each. */
const COLUMNS = 6

/** Of drawn hyperparameters; the exact value is shown on hover. */
const DIGITS = 6

/** The fields whose values are not the same in the specs of all runs. */
export function SpecTable({ runs }: { runs: readonly Run[] }) {
  const differences = specDifferences(runs.map(({ job }) => job.spec as unknown as Json))
  return (
    <Panel title="Differences in the specs">
      {differences.length === 0 ? (
        <p class="quiet">
          {runs.length < 2 ? 'One run has nothing to differ from.' : 'The specs are the same.'}
        </p>
      ) : runs.length <= COLUMNS ? (
        <DataTable
          caption="Fields that differ, one column for each run"
          rows={differences}
          rowKey={({ path }) => path}
          columns={[
            { id: 'path', header: 'Field', cell: ({ path }) => <code>{path}</code> },
            ...runs.map(
              ({ job }, index): Column<SpecDifference> => ({
                ...{
                  id: job.id,
                  header: jobName(job),
                  cell: ({ values }) => <Value value={values[index]} />,
                },
              }),
            ),
          ]}
        />
      ) : (
        <DataTable
          caption="Fields that differ, one row for each run"
          rows={[...runs]}
          rowKey={({ job }) => job.id}
          columns={[
            { id: 'job', header: 'Job', cell: ({ job }) => jobName(job) },
            ...differences.map(
              ({ path, values }): Column<Run> => ({
                ...{ id: path, header: path, cell: run => <Value value={values[runs.indexOf(run)]} /> },
              }),
            ),
          ]}
        />
      )}
    </Panel>
  )
}

function Value({ value }: { value: Json | undefined }) {
  if (value === undefined) return <span class="quiet">–</span>
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return typeof value === 'number' ? (
    <code title={text}>{Number(value.toPrecision(DIGITS))}</code>
  ) : (
    <code>{text}</code>
  )
}
