import type { UrlState } from '../../state/url-state.ts'

interface UsageFiltersProps {
  days: UrlState<'1' | '7' | '31'>
  keyId: UrlState<string>
  tenant: UrlState<string>
}

const RANGES = [
  ['1', '24 hours'],
  ['7', '7 days'],
  ['31', '31 days'],
] as const

export function UsageFilters({ days, keyId, tenant }: UsageFiltersProps) {
  return (
    <>
      <label class="inline-field">
        Last
        <select
          value={days.value}
          onChange={event => {
            days.value = event.currentTarget.value as '1' | '7' | '31'
          }}
        >
          {RANGES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Filter label="Key" placeholder="key_…" state={keyId} />
      <Filter label="Tenant" placeholder="default" state={tenant} />
    </>
  )
}

function Filter({
  label,
  placeholder,
  state,
}: {
  label: string
  placeholder: string
  state: UrlState<string>
}) {
  return (
    <label class="inline-field">
      {label}
      <input
        type="search"
        placeholder={placeholder}
        value={state.value}
        onChange={event => {
          state.value = event.currentTarget.value.trim()
        }}
      />
    </label>
  )
}
