import { Button } from '../../components/button.tsx'
import { STATUS_GROUP_NAMES, type StatusGroup } from '../../state/job-status.ts'
import { useDatasetNames } from '../dataset-name.ts'
import { PRESETS } from '../presets.ts'
import { changeFilter, type FilterName, filters, isFiltered } from './filters.ts'

/** The filters of the list of jobs. */
export function JobFilters() {
  const { ids, nameOf } = useDatasetNames()
  return (
    <search class="filters small">
      <Statuses />
      <Text name="name" label="Name" placeholder="begins with" />
      <Text name="label" label="Label" placeholder="key=value" />
      <Choice
        name="dataset"
        label="Dataset"
        values={withChosen(ids, filters.dataset.value)}
        wordOf={nameOf}
      />
      <Choice name="preset" label="Preset" values={PRESETS} />
      <Text name="sweep" label="Sweep" placeholder="id" />
      {isFiltered() && (
        <Button
          kind="quiet"
          onClick={() =>
            changeFilter({ status: null, name: null, label: null, dataset: null, preset: null, sweep: null })
          }
        >
          Clear filters
        </Button>
      )}
    </search>
  )
}

function Statuses() {
  const chosen = filters.status.value
  const toggle = (group: StatusGroup) => {
    const next = chosen.includes(group) ? chosen.filter(other => other !== group) : [...chosen, group]
    changeFilter({ status: next.length > 0 ? next.join(',') : null })
  }
  return (
    <fieldset class="row">
      <legend class="visually-hidden">Status</legend>
      {STATUS_GROUP_NAMES.map(group => (
        <Button key={group} pressed={chosen.includes(group)} onClick={() => toggle(group)}>
          {group}
        </Button>
      ))}
    </fieldset>
  )
}

/** Typing changes the list after a pause. */
const TYPING_MS = 300
let typing: ReturnType<typeof setTimeout> | undefined

function Text({ name, label, placeholder }: { name: FilterName; label: string; placeholder: string }) {
  return (
    <label class="inline-field">
      {label}
      <input
        type="search"
        size={12}
        placeholder={placeholder}
        value={filters[name].value}
        onInput={event => {
          const { value } = event.currentTarget
          clearTimeout(typing)
          typing = setTimeout(() => changeFilter({ [name]: value || null }, 'replace'), TYPING_MS)
        }}
      />
    </label>
  )
}

interface ChoiceProps {
  name: FilterName
  label: string
  values: readonly string[]
  wordOf?: (value: string) => string
}

function Choice({ name, label, values, wordOf = value => value }: ChoiceProps) {
  return (
    <label class="inline-field">
      {label}
      <select
        value={filters[name].value}
        onChange={event => changeFilter({ [name]: event.currentTarget.value || null })}
      >
        <option value="">any</option>
        {values.map(value => (
          <option key={value} value={value} title={value}>
            {wordOf(value)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The values with the chosen one, which may not be among those that are loaded. */
function withChosen(values: string[], chosen: string): string[] {
  return chosen === '' || values.includes(chosen) ? values : [chosen, ...values]
}
