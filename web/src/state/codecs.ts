/** Between a value and a query parameter; `null` is an absent parameter. */
export interface Codec<T> {
  read(text: string | null): T
  write(value: T): string | null
}

export function textCodec(fallback = ''): Codec<string> {
  return { read: text => text ?? fallback, write: value => (value === fallback ? null : value) }
}

/** One of a few words. Any other word reads as the fallback. */
export function choiceCodec<const T extends string>(choices: readonly T[], fallback: NoInfer<T>): Codec<T> {
  return {
    read: text => choices.find(choice => choice === text) ?? fallback,
    write: value => (value === fallback ? null : value),
  }
}

export function numberCodec(fallback: number): Codec<number> {
  return {
    read: text => (text !== null && Number.isFinite(Number(text)) && text !== '' ? Number(text) : fallback),
    write: value => (value === fallback ? null : String(value)),
  }
}

/** Words separated by commas. */
export const listCodec: Codec<string[]> = {
  read: text => [...new Set((text ?? '').split(',').filter(word => word !== ''))],
  write: value => (value.length > 0 ? value.join(',') : null),
}

/** Some of a few words. Any other word is left out. */
export function choicesCodec<T extends string>(choices: readonly T[]): Codec<T[]> {
  return {
    read: text => choices.filter(choice => listCodec.read(text).includes(choice)),
    write: listCodec.write,
  }
}

/** An interval `from..to`. */
export const rangeCodec: Codec<readonly [number, number] | null> = {
  read(text) {
    const [from, to] = (text ?? '').split('..').map(part => (part === '' ? Number.NaN : Number(part)))
    return Number.isFinite(from) && Number.isFinite(to) && from! < to! ? [from!, to!] : null
  },
  write: range => (range ? range.map(end => Number(end.toPrecision(6))).join('..') : null),
}
