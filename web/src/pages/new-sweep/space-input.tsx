import { useId } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { useForm } from '../../form/form-context.ts'
import { isObject, type Json, valueAt } from '../../form/path.ts'
import { SpaceRow } from './space-row.tsx'

/** Fields that are worth varying, for new rows. */
const USUAL = [
  'optimizer.c',
  'optimizer.mu',
  'optimizer.learningRate',
  'target.sparsity',
  'batchSize',
  'seed',
]

/** The fields that a sweep varies, one row each. `fields` are offered as names. */
export function SpaceInput({ fields }: { fields: readonly string[] }) {
  const { document, change, mistakes } = useForm()
  const listId = useId()
  const value = valueAt(document, ['space'])
  const space = isObject(value) ? value : {}
  const names = Object.keys(space)
  const replace = (index: number, name: string, next: Json | undefined) => {
    const entries = Object.entries(space).map((entry, at) => (at === index ? ([name, next] as const) : entry))
    change(['space'], Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Json)
  }
  const error = mistakes.get('space')?.join(' ')
  return (
    <fieldset class="section">
      <legend>Varied fields</legend>
      {names.map((name, index) => (
        <SpaceRow
          key={index}
          {...{ name, listId }}
          value={space[name]!}
          onChange={(to, next) => replace(index, to, next)}
        />
      ))}
      {error && <p class="field-error">{error}</p>}
      <Button onClick={() => change(['space', USUAL.find(name => !(name in space)) ?? 'field'], [])}>
        Vary another field
      </Button>
      <datalist id={listId}>
        {fields.map(field => (
          <option key={field} value={field} />
        ))}
      </datalist>
    </fieldset>
  )
}
