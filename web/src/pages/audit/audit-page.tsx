import type { AuditRecord } from '@thresher/client'
import { AccessNotice } from '../../components/access-notice.tsx'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Time } from '../../components/time.tsx'
import { AdminNav } from '../../shell/admin-nav.tsx'
import { choiceCodec, textCodec } from '../../state/codecs.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'

const PAGE = 50
const after = urlState('after', textCodec())
const operation = urlState('operation', textCodec())
const keyId = urlState('key', textCodec())
const failures = urlState('failed', choiceCodec<'true' | 'false'>(['true', 'false'], 'false'))

const COLUMNS: Column<AuditRecord>[] = [
  { id: 'time', header: 'Time', cell: ({ time }) => <Time at={time} /> },
  {
    id: 'request',
    header: 'Request',
    cell: ({ operation, method, path }) => (
      <>
        {operation ?? 'no operation'}
        <div class="hint mono">
          {method} {path}
        </div>
      </>
    ),
  },
  {
    id: 'status',
    header: 'Answer',
    cell: ({ status, code }) => (
      <span class={`badge ${status < 400 ? 'good' : 'bad'}`}>
        {code === undefined ? status : `${status} ${code}`}
      </span>
    ),
  },
  { id: 'key', header: 'Key', cell: ({ keyId }) => keyId && <span class="mono">{keyId}</span> },
  { id: 'address', header: 'Address', cell: ({ address }) => address },
  { id: 'id', header: 'Request id', cell: ({ requestId }) => <span class="mono">{requestId}</span> },
]

/** Requests that wrote or were refused, for admins. */
export function AuditPage() {
  const query = {
    limit: PAGE,
    failedAuthentications: failures.value,
    ...(after.value && { after: after.value }),
    ...(operation.value && { operation: operation.value }),
    ...(keyId.value && { keyId: keyId.value }),
  }
  const { data, error } = useLoaded(
    signal => client.value.audit.list(query, { signal }),
    [client.value, JSON.stringify(query)],
  )
  return (
    <>
      <PageHeader title="Audit">
        <Filters />
      </PageHeader>
      <AdminNav />
      {error && <AccessNotice error={error} what="audit records" />}
      {!data && !error && <Skeleton lines={8} />}
      {data?.data.length === 0 && <EmptyState title="No request matches." />}
      {data && data.data.length > 0 && (
        <DataTable caption="Requests" columns={COLUMNS} rows={data.data} rowKey={({ id }) => id} />
      )}
      <div class="row pager">
        {after.value && <Button onClick={() => turnTo('')}>Newest</Button>}
        {data?.nextAfter && <Button onClick={() => turnTo(data.nextAfter!)}>Older</Button>}
      </div>
    </>
  )
}

function turnTo(cursor: string) {
  after.value = cursor
}

function Filters() {
  const set = (state: { value: string }) => (event: { currentTarget: HTMLInputElement }) => {
    turnTo('')
    state.value = event.currentTarget.value.trim()
  }
  return (
    <>
      <label class="inline-field">
        Operation
        <input type="search" placeholder="createJob" value={operation.value} onChange={set(operation)} />
      </label>
      <label class="inline-field">
        Key
        <input type="search" placeholder="key_…" value={keyId.value} onChange={set(keyId)} />
      </label>
      <label class="inline-field">
        <input
          type="checkbox"
          checked={failures.value === 'true'}
          onChange={event => {
            turnTo('')
            failures.value = event.currentTarget.checked ? 'true' : 'false'
          }}
        />
        Failed authentications
      </label>
    </>
  )
}
