import type { Quotas } from '@thresher/client'
import { QUOTAS } from '../format/quotas.ts'
import { FormField } from './form-field.tsx'
import { mistakeAt } from './problem-notice.tsx'

interface QuotaFieldsProps {
  quotas: Quotas
  set: (quotas: Quotas) => void
  error: Error | undefined
}

/** The names by which the service names them. */
export const QUOTA_FIELDS: readonly string[] = QUOTAS.map(({ name }) => `quotas.${name}`)

/** One number for each quota. An empty field is no limit. */
export function QuotaFields({ quotas, set, error }: QuotaFieldsProps) {
  const change = (name: keyof Quotas, text: string) => {
    const { [name]: _, ...others } = quotas
    set(text === '' ? others : { ...others, [name]: Number(text) })
  }
  return (
    <div class="form-grid">
      {QUOTAS.map(({ name, label }) => (
        <FormField key={name} label={label} error={mistakeAt(error, `quotas.${name}`)}>
          {attributes => (
            <input
              {...attributes}
              type="number"
              min={0}
              placeholder="no limit"
              value={quotas[name] ?? ''}
              onInput={event => change(name, event.currentTarget.value)}
            />
          )}
        </FormField>
      ))}
    </div>
  )
}
