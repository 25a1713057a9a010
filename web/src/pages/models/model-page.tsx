import type { Model } from '@thresher/client'
import { ActButton } from '../../components/act-button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { TagList } from '../../components/tag-list.tsx'
import { formatCount } from '../../format/numbers.ts'
import { formatShape } from '../../format/shapes.ts'
import type { PageProps } from '../../routes.ts'
import { navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { ModelArtifacts } from './model-artifacts.tsx'
import { ModelFacts } from './model-facts.tsx'
import { kindOf } from './model-kind.ts'
import { ModelVersions } from './model-versions.tsx'
import { TrainLink } from './train-link.tsx'

const VARIABLES: Column<Model['variables'][number]>[] = [
  { id: 'name', header: 'Variable', cell: ({ name }) => <code>{name}</code> },
  { id: 'shape', header: 'Shape', cell: ({ shape }) => formatShape(shape) },
  { id: 'size', header: 'Parameters', numeric: true, cell: ({ size }) => formatCount(size) },
]

/** A preset, an upload, or a version of a registered model. */
export function ModelPage({ params: { id = '' } }: PageProps) {
  const { data, error } = useLoaded(signal => client.value.models.get(id, { signal }), [client.value, id])
  if (error)
    return (
      <>
        <PageHeader title="Model" />
        <ProblemNotice error={error} />
      </>
    )
  if (!data) return <Skeleton lines={8} />
  const kind = kindOf(data)
  return (
    <>
      <PageHeader
        title={kind === 'uploaded' ? (data.name ?? data.id) : data.id}
        aside={<span class="tag">{kind}</span>}
      >
        <Actions model={data} />
      </PageHeader>
      {data.description && <p class="lead">{data.description}</p>}
      <Warnings warnings={data.warnings ?? []} />
      <Details model={data} />
    </>
  )
}

function Actions({ model }: { model: Model }) {
  return (
    <>
      {kindOf(model) !== 'preset' && (
        <ActButton
          action="Delete"
          title={
            <>
              Delete <bdi>{kindOf(model) === 'registered' ? model.id : (model.name ?? model.id)}</bdi>?
            </>
          }
          act={() => client.value.models.delete(model.id)}
          onDone={() => navigate('/models')}
        >
          <p>Jobs that were created from it keep their copies of its network and weights.</p>
        </ActButton>
      )}
      <TrainLink model={model} />
    </>
  )
}

function Warnings({ warnings }: { warnings: NonNullable<Model['warnings']> }) {
  if (warnings.length === 0) return null
  return (
    <div class="notice warn">
      <strong>Training in this service differs from the uploaded files</strong>
      <ul>
        {warnings.map(({ code, path, message }) => (
          <li key={code + path}>{message}</li>
        ))}
      </ul>
    </div>
  )
}

function Details({ model }: { model: Model }) {
  const { id, name, classes = [], variables } = model
  const isRegistered = kindOf(model) === 'registered'
  return (
    <div class="columns">
      <div class="stack">
        <Panel title="Model">
          <ModelFacts model={model} />
        </Panel>
        {classes.length > 0 && (
          <Panel title={`${formatCount(classes.length)} classes, by output`}>
            <TagList words={classes} numbered />
          </Panel>
        )}
        <Panel title={`${formatCount(variables.length)} variables`}>
          <DataTable caption="Variables" columns={VARIABLES} rows={variables} rowKey={row => row.name} />
        </Panel>
      </div>
      {isRegistered && (
        <div class="stack">
          <ModelVersions name={name!} shown={id} />
          <ModelArtifacts id={id} />
        </div>
      )}
    </div>
  )
}
