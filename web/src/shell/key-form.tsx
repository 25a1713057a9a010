import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { FormField } from '../components/form-field.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { hasKey, signIn } from '../state/session.ts'

/** Asks for the key that the service requires. */
export function KeyForm() {
  const [key, setKey] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (key.trim() !== '') signIn(key.trim())
  }
  return (
    <form class="key-form panel" onSubmit={submit}>
      <PageHeader title="Sign in" />
      <FormField
        label="Key"
        hint="The service requires a key. It is kept in this tab until you close it."
        error={hasKey.value ? 'The service refused this key: it is unknown, expired or revoked.' : undefined}
      >
        {attributes => (
          <input
            {...attributes}
            type="password"
            autocomplete="off"
            placeholder="thr_…"
            value={key}
            onInput={event => setKey(event.currentTarget.value)}
          />
        )}
      </FormField>
      <Button type="submit" kind="primary">
        Sign in
      </Button>
    </form>
  )
}
