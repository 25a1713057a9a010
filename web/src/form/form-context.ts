import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Json, Path } from './path.ts'

export interface Suggestion {
  value: string
  label: string
}

/** What the fields of a form share. */
export interface FormState {
  document: Json
  change(path: Path, value: Json | undefined): void
  /** The document with every default of the service, if it is known. */
  usual: Json | undefined
  /** What the service says about each field, by its name. */
  mistakes: ReadonlyMap<string, string[]>
  /** The records that a text field can name, by the name of the field. */
  suggestions: Readonly<Record<string, readonly Suggestion[] | undefined>>
  /** Optional fields within an object that are visible at once, by name. The other optional ones are folded. */
  prominent: ReadonlySet<string>
  /** Labels that say more than the last key of the path, by the name of the field. */
  labels: Readonly<Record<string, string | undefined>>
}

const Context = createContext<FormState | null>(null)

export const FormProvider = Context.Provider

export function useForm(): FormState {
  const state = useContext(Context)
  if (!state) throw new Error('A field is outside a form.')
  return state
}
