import type { Key, NewKey } from '@thresher/client'
import { useState } from 'preact/hooks'
import { AccessNotice } from '../../components/access-notice.tsx'
import { ActButton } from '../../components/act-button.tsx'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Time } from '../../components/time.tsx'
import { AdminNav } from '../../shell/admin-nav.tsx'
import { choiceCodec } from '../../state/codecs.ts'
import { client, hasKey, signIn } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { KeyState, stateOf } from './key-state.tsx'
import { NewKeyForm } from './new-key-form.tsx'
import { NewKeyNotice } from './new-key-notice.tsx'

const MOST = 200

/** Whether the form for a new key is open. */
const form = urlState('new', choiceCodec(['yes', 'no'], 'no'))

/** The keys that the caller manages. */
export function KeysPage() {
  const [created, setCreated] = useState<NewKey>()
  const { data, error, reload } = useLoaded(
    signal => client.value.keys.list({ limit: MOST }, { signal }),
    [client.value],
  )
  const show = (key: NewKey) => {
    setCreated(key)
    form.value = 'no'
    // The first key of a service: from now on it answers only with a key.
    if (hasKey.value) reload()
    else signIn(key.key)
  }
  return (
    <>
      <PageHeader title="Keys">
        {data && form.value === 'no' && (
          <Button kind="primary" onClick={() => open()}>
            Create a key
          </Button>
        )}
      </PageHeader>
      <AdminNav />
      {error && <AccessNotice error={error} what="keys" />}
      <div class="stack">
        {created && <NewKeyNotice created={created} />}
        {data && form.value === 'yes' && (
          <NewKeyForm isFirst={!hasKey.value} onCreated={show} onClose={close} />
        )}
        {!data && !error && <Skeleton lines={5} />}
        {data && <KeyTable keys={data.data} onChange={reload} />}
        {data?.hasMore && <p class="chart-note">The newest {MOST} keys are shown.</p>}
      </div>
    </>
  )
}

function open() {
  form.value = 'yes'
}

function close() {
  form.value = 'no'
}

function KeyTable({ keys, onChange }: { keys: Key[]; onChange: () => void }) {
  if (keys.length === 0)
    return (
      <EmptyState title="There is no key.">
        {!hasKey.value && (
          <p>
            Without a key, the service answers on this machine only, and every caller is an administrator.
          </p>
        )}
      </EmptyState>
    )
  return <DataTable caption="Keys" columns={columnsOf(onChange)} rows={keys} rowKey={({ id }) => id} />
}

function columnsOf(onChange: () => void): Column<Key>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      cell: ({ id, name }) => (
        <>
          <FreeText text={name} />
          <div class="hint mono">{id}</div>
        </>
      ),
    },
    { id: 'state', header: 'State', cell: key => <KeyState state={stateOf(key)} /> },
    { id: 'tenant', header: 'Tenant', cell: ({ tenant }) => tenant },
    { id: 'scopes', header: 'Scope', cell: ({ scopes }) => scopes.join(', ') },
    { id: 'used', header: 'Last use', cell: ({ lastUsedAt: at }) => (at ? <Time at={at} /> : 'never') },
    { id: 'created', header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'expires', header: 'Expires', cell: ({ expiresAt: at }) => (at ? <Time at={at} /> : 'never') },
    {
      id: 'actions',
      header: 'Actions',
      cell: key => stateOf(key) === 'active' && <RevokeButton apiKey={key} onDone={onChange} />,
    },
  ]
}

function RevokeButton({ apiKey: { id, name }, onDone }: { apiKey: Key; onDone: () => void }) {
  return (
    <div class="small">
      <ActButton
        action="Revoke"
        title={
          <>
            Revoke <bdi>{name}</bdi>?
          </>
        }
        act={() => client.value.keys.revoke(id)}
        onDone={onDone}
      >
        <p>The service refuses this key from now on, and its open streams end. This cannot be undone.</p>
      </ActButton>
    </div>
  )
}
