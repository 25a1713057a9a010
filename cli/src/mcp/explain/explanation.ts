/** What a stable code of the service means, and what a caller can do. docs/guide.md shows those of warnings and failures as tables. */
export interface Explanation {
  meaning: string
  remedy: string
}

/** The explanation of a code, which may be any text. */
export function explanationOf<Code extends string>(
  all: Readonly<Record<Code, Explanation>>,
  code: string,
): Explanation | undefined {
  return Object.hasOwn(all, code) ? all[code as Code] : undefined
}
