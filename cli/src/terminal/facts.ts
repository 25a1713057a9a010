import type { Colors } from './terminal.ts'
import { padEnd, widthOf, wrap } from './text.ts'

/** A name and a value; it is left out without a value. `tone` colours the name of a fact that deserves attention. */
export interface Fact {
  name: string
  value: string | undefined
  tone?: (text: string) => string
}

/** Facts below each other, with their values aligned and broken at spaces to the width of the terminal. */
export function factLines(
  facts: readonly Fact[],
  { colors, columns }: { colors: Colors; columns?: number | undefined },
): string[] {
  const shown = facts.filter(({ value }) => value !== undefined && value !== '')
  const indent = Math.max(0, ...shown.map(({ name }) => widthOf(name))) + 2
  return shown.flatMap(({ name, value, tone = colors.dim }) => {
    const lines = columns === undefined ? [value!] : wrap(value!, Math.max(columns - indent, 20))
    return lines.map((line, index) => (index === 0 ? tone(padEnd(name, indent)) : ' '.repeat(indent)) + line)
  })
}
