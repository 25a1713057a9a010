import type { Colors } from './terminal.ts'
import { harmless, padEnd, widthOf, wrap } from './text.ts'

/** A name and a value without colours; it is left out without a value. */
export interface Fact {
  name: string
  value: string | undefined
  /** Colours a line of the value. */
  color?: (text: string) => string
  /** Colours the name of a fact that deserves attention. */
  tone?: (text: string) => string
}

/** Facts below each other, with their values aligned and broken at spaces to the width of the terminal. */
export function factLines(
  facts: readonly Fact[],
  { colors, columns }: { colors: Colors; columns?: number | undefined },
): string[] {
  const shown = facts
    .filter(({ value }) => value !== undefined && value !== '')
    .map(fact => ({ ...fact, name: harmless(fact.name), value: harmless(fact.value!) }))
  const longest = Math.max(0, ...shown.map(({ name }) => widthOf(name)))
  const words = shown.flatMap(({ value }) => value.split(' '))
  // The id of a job fits into 40 columns then.
  const isNarrow = longest + 2 + Math.max(0, ...words.map(widthOf)) > (columns ?? Number.POSITIVE_INFINITY)
  const indent = longest + (isNarrow ? 1 : 2)
  return shown.flatMap(({ name, value, color = String, tone = colors.dim }) => {
    const lines = columns === undefined ? [value] : wrap(value, Math.max(columns - indent, 20))
    return lines.map(
      (line, index) => (index === 0 ? tone(padEnd(name, indent)) : ' '.repeat(indent)) + color(line),
    )
  })
}
