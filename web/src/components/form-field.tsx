import type { JSX } from 'preact'
import { useId } from 'preact/hooks'

interface FormFieldProps {
  label: string
  /** What to enter, in a few words. */
  hint?: string | undefined
  error?: string | undefined
  /** Renders the control with these attributes, which connect it to label, hint and error. */
  children: (attributes: ControlAttributes) => JSX.Element
}

interface ControlAttributes {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': boolean
}

/** A control with its label, a hint, and the error of the service. */
export function FormField({ label, hint, error, children }: FormFieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error !== undefined })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}
