const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const LEADING_ZERO = /^[+-]?0\d/

/**
 * The value of a decimal numeral; undefined for anything else: `0x1F`, `1_000`, `1,5`, `inf` and the empty string, which JavaScript's
 * `Number` or other tools would accept.
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
 * The canonical form of a whole number: `1`, `1.0`, `+1` and `1e0` become `1`. Undefined for fractions, and for codes such as `007`,
 * whose leading zeros are significant.
 */
export function wholeNumeral(text: string): string | undefined {
  const value = LEADING_ZERO.test(text) ? undefined : parseNumeral(text)
  if (value === undefined || !Number.isInteger(value)) return undefined
  if (Number.isSafeInteger(value)) return String(value)
  return /^[+-]?\d+$/.test(text) ? String(BigInt(text)) : text
}

/** Whether float32 rounds this whole number; beyond 2^24 it cannot represent every one. */
export function losesDigits(value: number): boolean {
  return Math.fround(value) !== value && Number.isInteger(value)
}

/** A sentence about numbers that are rounded. @param value for which `losesDigits` is true */
export function lostDigits(subject: string, value: number): string {
  return `${subject} contains whole numbers that float32 cannot represent exactly: ${value} became ${Math.fround(value)}. Leave it out if it is an identifier.`
}
