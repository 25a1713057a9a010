import type { Tenant } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { FormField } from '../../components/form-field.tsx'
import { mistakeAt } from '../../components/problem-notice.tsx'
import { QUOTA_FIELDS, QuotaFields } from '../../components/quota-fields.tsx'
import { MistakesBeside } from '../../form/mistakes.tsx'
import { client } from '../../state/session.ts'
import { useAction } from '../../state/use-action.ts'

interface TenantFormProps {
  /** Undefined: a tenant that does not exist yet. */
  tenant: Tenant | undefined
  onDone: () => void
  onClose: () => void
}

/** Each shows its mistakes. */
const FIELDS = ['tenant', 'weight', ...QUOTA_FIELDS]

/** Replaces the settings of a tenant. Its retention, which has no field here, stays. */
export function TenantForm({ tenant, onDone, onClose }: TenantFormProps) {
  const [name, setName] = useState(tenant?.tenant ?? '')
  const [weight, setWeight] = useState(String(tenant?.weight ?? 1))
  const [quotas, setQuotas] = useState(tenant?.quotas ?? {})
  const { run, running, error } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    const { expiresAfterSeconds } = tenant ?? {}
    const settings = { quotas, weight: Number(weight), ...(expiresAfterSeconds && { expiresAfterSeconds }) }
    run(() => client.value.tenants.set(name, settings).then(onDone))
  }
  return (
    <form class="panel form" aria-label="Settings of a tenant" onSubmit={submit}>
      <h2>{tenant ? tenant.tenant : 'New tenant'}</h2>
      <div class="form-grid">
        {!tenant && (
          <FormField label="Name" error={mistakeAt(error, 'tenant')}>
            {attributes => (
              <input
                {...attributes}
                required
                value={name}
                onInput={event => setName(event.currentTarget.value)}
              />
            )}
          </FormField>
        )}
        <FormField
          label="Weight"
          hint="Its share of the workers while several tenants have waiting jobs."
          error={mistakeAt(error, 'weight')}
        >
          {attributes => (
            <input
              {...attributes}
              type="number"
              required
              min={0.01}
              max={100}
              step="any"
              value={weight}
              onInput={event => setWeight(event.currentTarget.value)}
            />
          )}
        </FormField>
      </div>
      <QuotaFields quotas={quotas} set={setQuotas} error={error} />
      <MistakesBeside error={error} fields={FIELDS} />
      <div class="row">
        <Button type="submit" kind="primary" disabled={running}>
          Save
        </Button>
        <Button onClick={onClose}>Close</Button>
      </div>
    </form>
  )
}
