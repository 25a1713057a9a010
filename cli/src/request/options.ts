import { InvalidArgumentError } from 'commander'

/** `0.95` or `95%` as a share. */
export function parseShare(text: string): number {
  const [, digits, sign] = /^(\d*\.?\d+)\s*(%?)$/.exec(text) ?? []
  const share = Number(digits) / (sign ? 100 : 1)
  if (!(share > 0 && share < 1))
    throw new InvalidArgumentError(
      'It must be between 0 and 1, for example 0.95, or a percentage, for example 95%.',
    )
  return share
}

const UNITS: Record<string, number> = { '': 1, b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 }

/** `104508`, `100kB` or `1.5MB` as bytes. */
export function parseBytes(text: string): number {
  const [, digits, unit = ''] = /^(\d*\.?\d+)\s*([a-z]*)$/i.exec(text) ?? []
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN))
  if (!(bytes >= 1))
    throw new InvalidArgumentError('It must be a size in bytes, for example 100000, 100kB or 1.5MB.')
  return bytes
}

export function parseNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

export function parseInteger(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be 0 or a positive whole number.')
  return Number(text)
}

/** Collects `key=value` options. */
export function parsePair(text: string, previous: readonly [string, string][] = []): [string, string][] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It must have the form name=value.')
  return [...previous, [text.slice(0, at), text.slice(at + 1)]]
}

/** `best`, `latest` or the number of an epoch. */
export function parseCheckpoint(text: string): 'best' | 'latest' | number {
  if (text === 'best' || text === 'latest') return text
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be best, latest or the number of an epoch.')
}
