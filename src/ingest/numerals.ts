const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const LEADING_ZERO = /^[+-]?0\d/

/**
 * The number that a decimal numeral stands for; undefined for anything else: `0x1F`, `1_000`, `1,5`, `inf` and an empty text, which
 * JavaScript's own `Number` or the tools of others would read.
 */
export function parseNumeral(text: string): number | undefined {
  if (!NUMERAL.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** 1 and 0 for `true` and `false` in any case, as pandas, NumPy and JSON write them. */
export function parseBoolean(text: string): number | undefined {
  const word = text.toLowerCase()
  return word === 'true' ? 1 : word === 'false' ? 0 : undefined
}

/**
 * One way to write a whole number: `1`, `1.0`, `+1` and `1e0` are `1`. Undefined for fractions, and for codes such as `007`, whose
 * zeros mean something.
 */
export function wholeNumeral(text: string): string | undefined {
  const value = LEADING_ZERO.test(text) ? undefined : parseNumeral(text)
  if (value === undefined || !Number.isInteger(value)) return undefined
  if (Number.isSafeInteger(value)) return String(value)
  return /^[+-]?\d+$/.test(text) ? String(BigInt(text)) : text
}

/** Whether float32 holds another number in the place of this whole one: beyond 2^24 it has no room for the last digits. */
export function losesDigits(value: number): boolean {
  return Math.fround(value) !== value && Number.isInteger(value)
}

/** @param value one that `losesDigits` */
export function lostDigits(subject: string, value: number): string {
  return `${subject} contains whole numbers that float32 cannot represent exactly: ${value} became ${Math.fround(value)}. Leave it out if it is an identifier.`
}
