import type { FieldProps } from './field-props.ts'
import { JsonText } from './json-text.tsx'
import { useField } from './use-field.ts'
import { plainText } from './words.ts'

/** A field that has no smaller inputs, edited as JSON. */
export function JsonInput({ path, field, label }: FieldProps & { label?: string }) {
  const { usual, ...props } = useField(path, field)
  const placeholder = usual === undefined ? '' : JSON.stringify(usual)
  return (
    <JsonText
      {...props}
      label={label ?? props.label}
      hint={plainText(field.description) ?? 'JSON'}
      rows={4}
      placeholder={placeholder}
    />
  )
}
