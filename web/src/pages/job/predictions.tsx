import type { Job } from '@thresher/client'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { formatMilliseconds, formatRatio } from '../../format/numbers.ts'
import { saveAnswer } from '../../state/save-answer.ts'
import { client } from '../../state/session.ts'
import { useAction } from '../../state/use-action.ts'

type Latency = NonNullable<Job['latency']>

/** How long predictions of the model take, and the model as a page that runs in the browser. */
export function Predictions({ job }: { job: Job }) {
  const action = useAction()
  const download = () =>
    action.run(async () => {
      const { jobs } = client.value
      const answer = await jobs.artifact(job.id, 'model.sparse.safetensors', { runtime: 'browser' })
      await saveAnswer(answer, 'model.runtime.zip')
    })
  return (
    <Panel title="Predictions">
      <div class="stack">
        {job.latency && <Times {...job.latency} />}
        <Button disabled={action.running} onClick={download}>
          {action.running ? 'Downloading' : 'Try it in the browser'}
        </Button>
        <p class="hint">
          Downloads a zip with the model, its runtime and a page. Open <code>index.html</code> in it: it needs
          no server.
        </p>
        {action.error && <ProblemNotice error={action.error} />}
      </div>
    </Panel>
  )
}

type Timing = Latency['timings'][number]

const COLUMNS: Column<Timing>[] = [
  { id: 'examples', header: 'Examples', cell: ({ batchSize }) => batchSize },
  {
    id: 'dense',
    header: 'Dense',
    numeric: true,
    cell: ({ denseMilliseconds }) => formatMilliseconds(denseMilliseconds),
  },
  {
    id: 'sparse',
    header: 'Sparse',
    numeric: true,
    cell: ({ sparseMilliseconds }) => formatMilliseconds(sparseMilliseconds),
  },
  {
    id: 'ratio',
    header: 'Ratio',
    numeric: true,
    cell: ({ denseMilliseconds, sparseMilliseconds }) => formatRatio(denseMilliseconds / sparseMilliseconds),
  },
]

function Times({ timings, processor, backend, threads }: Latency) {
  return (
    <>
      <DataTable
        caption="Time of a prediction"
        columns={COLUMNS}
        rows={timings}
        rowKey={({ batchSize }) => String(batchSize)}
      />
      <p class="hint">
        {threads} {threads === 1 ? 'thread' : 'threads'} of {processor} ({backend}), medians of alternating
        rounds with the same runtime.
      </p>
    </>
  )
}
