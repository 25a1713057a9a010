import type { Tenant } from '@thresher/client'
import { AccessNotice } from '../../components/access-notice.tsx'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { QUOTAS } from '../../format/quotas.ts'
import { AdminNav } from '../../shell/admin-nav.tsx'
import { textCodec } from '../../state/codecs.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { TenantForm } from './tenant-form.tsx'

const MOST = 200
/** The tenant whose settings are open, `new` for another one. */
const edited = urlState('edit', textCodec())
const NEW = 'new'

/** Tenants with their quotas and weights, for operators. */
export function TenantsPage() {
  const { data, error, reload } = useLoaded(
    signal => client.value.tenants.list({ limit: MOST }, { signal }),
    [client.value],
  )
  const tenant = data?.data.find(({ tenant }) => tenant === edited.value)
  const isOpen = tenant !== undefined || edited.value === NEW
  return (
    <>
      <PageHeader title="Tenants">
        {data && !isOpen && <Button onClick={() => edit(NEW)}>Add a tenant</Button>}
      </PageHeader>
      <AdminNav />
      {error && <AccessNotice error={error} what="tenants" />}
      {!data && !error && <Skeleton lines={4} />}
      <div class="stack">
        {data && isOpen && (
          <TenantForm
            key={edited.value}
            tenant={tenant}
            onDone={() => {
              edit('')
              reload()
            }}
            onClose={() => edit('')}
          />
        )}
        {data && (
          <DataTable caption="Tenants" columns={COLUMNS} rows={data.data} rowKey={row => row.tenant} />
        )}
        {data?.hasMore && <p class="chart-note">The first {MOST} tenants are shown.</p>}
      </div>
    </>
  )
}

function edit(tenant: string) {
  edited.value = tenant
}

const COLUMNS: Column<Tenant>[] = [
  { id: 'tenant', header: 'Tenant', cell: ({ tenant }) => tenant },
  { id: 'weight', header: 'Weight', numeric: true, cell: ({ weight }) => weight },
  ...QUOTAS.map(
    ({ name, label, format }): Column<Tenant> => ({
      id: name,
      header: label,
      numeric: true,
      cell: ({ quotas: { [name]: limit } }) =>
        limit === undefined ? <span class="quiet">no limit</span> : format(limit),
    }),
  ),
  {
    id: 'actions',
    header: 'Actions',
    cell: ({ tenant }) => (
      <div class="small">
        <Button label={`Edit ${tenant}`} onClick={() => edit(tenant)}>
          Edit
        </Button>
      </div>
    ),
  },
]
