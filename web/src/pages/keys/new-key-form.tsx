import type { KeyRequest, NewKey, Quotas } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { FormField } from '../../components/form-field.tsx'
import { mistakeAt } from '../../components/problem-notice.tsx'
import { QUOTA_FIELDS, QuotaFields } from '../../components/quota-fields.tsx'
import { MistakesBeside } from '../../form/mistakes.tsx'
import { client } from '../../state/session.ts'
import { useAction } from '../../state/use-action.ts'

type Scope = KeyRequest['scopes'][number]

const SCOPES: Record<Scope, string> = {
  read: 'Sees everything of its tenant.',
  submit: 'Also submits and changes jobs, datasets and models.',
  admin: 'Also manages keys, webhooks and limits.',
}

/** Each shows its mistakes. */
const FIELDS = ['name', 'scopes', 'tenant', 'expiresAt', ...QUOTA_FIELDS]

interface NewKeyFormProps {
  /** Of the first key of a service, which must be able to create the others. */
  isFirst: boolean
  onCreated: (key: NewKey) => void
  onClose: () => void
}

export function NewKeyForm({ isFirst, onCreated, onClose }: NewKeyFormProps) {
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Scope>(isFirst ? 'admin' : 'submit')
  const [tenant, setTenant] = useState('')
  const [expiry, setExpiry] = useState('')
  const [quotas, setQuotas] = useState<Quotas>({})
  const { run, running, error } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    const request: KeyRequest = {
      name,
      scopes: [scope],
      ...(tenant && { tenant }),
      ...(expiry && { expiresAt: new Date(expiry).toISOString() }),
      ...(Object.keys(quotas).length > 0 && { quotas }),
    }
    run(() => client.value.keys.create(request).then(onCreated))
  }
  return (
    <form class="panel form" aria-label="New key" onSubmit={submit}>
      {isFirst && <FirstKeyNotice />}
      <div class="form-grid">
        <TextField
          label="Name"
          hint="Who or what uses the key."
          value={name}
          set={setName}
          error={mistakeAt(error, 'name')}
        />
        <ScopeField value={scope} set={setScope} error={mistakeAt(error, 'scopes')} />
        <TextField
          label="Tenant"
          hint="Default: that of your key."
          value={tenant}
          set={setTenant}
          error={mistakeAt(error, 'tenant')}
          optional
        />
        <ExpiryField value={expiry} set={setExpiry} error={mistakeAt(error, 'expiresAt')} />
      </div>
      <details open={QUOTA_FIELDS.some(name => mistakeAt(error, name) !== undefined)}>
        <summary>Quotas of this key</summary>
        <QuotaFields quotas={quotas} set={setQuotas} error={error} />
      </details>
      <MistakesBeside error={error} fields={FIELDS} />
      <div class="row">
        <Button type="submit" kind="primary" disabled={running}>
          Create the key
        </Button>
        <Button onClick={onClose}>Close</Button>
      </div>
    </form>
  )
}

function FirstKeyNotice() {
  return (
    <div class="notice warn">
      <p>
        This is the first key of the service. Once it exists, every request needs a key, so it must be an
        admin key. This tab signs in with it.
      </p>
    </div>
  )
}

interface FieldProps<T> {
  value: T
  set: (value: T) => void
  error: string | undefined
}

interface TextFieldProps extends FieldProps<string> {
  label: string
  hint: string
  optional?: boolean
}

function TextField({ label, hint, value, set, error, optional = false }: TextFieldProps) {
  return (
    <FormField label={label} hint={hint} error={error}>
      {attributes => (
        <input
          {...attributes}
          required={!optional}
          autocomplete="off"
          value={value}
          onInput={event => set(event.currentTarget.value)}
        />
      )}
    </FormField>
  )
}

function ScopeField({ value, set, error }: FieldProps<Scope>) {
  return (
    <FormField label="Scope" hint={SCOPES[value]} error={error}>
      {attributes => (
        <select {...attributes} value={value} onChange={event => set(event.currentTarget.value as Scope)}>
          {Object.keys(SCOPES).map(scope => (
            <option key={scope}>{scope}</option>
          ))}
        </select>
      )}
    </FormField>
  )
}

function ExpiryField({ value, set, error }: FieldProps<string>) {
  return (
    <FormField label="Expires" hint="Default: never." error={error}>
      {attributes => (
        <input
          {...attributes}
          type="datetime-local"
          value={value}
          onInput={event => set(event.currentTarget.value)}
        />
      )}
    </FormField>
  )
}
