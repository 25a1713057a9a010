import { FormField } from '../../components/form-field.tsx'
import { chosen, optionOf } from '../../form/choose-option.ts'
import { useForm } from '../../form/form-context.ts'
import type { ChoiceField } from '../../form/form-model.ts'
import type { Json } from '../../form/path.ts'
import { KINDS } from '../analyses/kinds.ts'

interface KindInputProps {
  field: ChoiceField
  request: Json
  onChange(request: Json): void
}

/** The kind of an analysis, with the question that it answers. What both kinds have in common stays when it changes. */
export function KindInput({ field, request, onChange }: KindInputProps) {
  const { mistakes } = useForm()
  const index = optionOf(field, request)
  const words = index < 0 ? undefined : wordsOf(field.options[index]!.label)
  return (
    <FormField label="Kind" hint={words?.question} error={mistakes.get('kind')?.join(' ')}>
      {attributes => (
        <select
          {...attributes}
          name="kind"
          value={index < 0 ? '' : String(index)}
          onChange={({ currentTarget: { value } }) =>
            value !== '' && onChange(chosen(field.options[Number(value)]!, request))
          }
        >
          {index < 0 && <option value="">Choose…</option>}
          {field.options.map(({ label }, position) => (
            <option key={label} value={String(position)}>
              {wordsOf(label)?.title ?? label}
            </option>
          ))}
        </select>
      )}
    </FormField>
  )
}

/** Undefined for a kind that a later service has. */
function wordsOf(kind: string): { title: string; question: string } | undefined {
  return (KINDS as Partial<typeof KINDS>)[kind as keyof typeof KINDS]
}
