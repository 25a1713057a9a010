import { Button } from '../../components/button.tsx'
import type { UrlState } from '../../state/url-state.ts'

interface ChoiceButtonsProps<T extends string> {
  label: string
  state: UrlState<T>
  choices: Record<T, string>
}

/** A choice among few words, all visible. */
export function ChoiceButtons<T extends string>({ label, state, choices }: ChoiceButtonsProps<T>) {
  return (
    <fieldset class="choices" aria-label={label}>
      {Object.entries<string>(choices).map(([choice, word]) => (
        <Button key={choice} pressed={state.value === choice} onClick={() => (state.value = choice as T)}>
          {word}
        </Button>
      ))}
    </fieldset>
  )
}
