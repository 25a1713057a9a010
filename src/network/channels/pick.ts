/** An axis of a tensor with the positions on it that remain, ascending. */
export interface KeptAxis {
  length: number
  kept: Uint32Array
  /** By position, 0 where all elements become 0; absent if none do. */
  used?: Uint8Array
}

/** The elements of a row-major tensor at the positions that remain on its axes; the tensor itself if these are all, unchanged. */
export function pick(values: Float32Array, axes: readonly KeptAxis[]): Float32Array {
  if (axes.every(isWhole)) return values
  const picked = new Float32Array(axes.reduce((product, { kept }) => product * kept.length, 1))
  const last = axes.at(-1)!
  let to = 0
  for (const { number, isUsed } of rowsOf(axes.slice(0, -1))) {
    const start = number * last.length
    for (const column of last.kept) {
      if (isUsed && last.used?.[column] !== 0) picked[to] = values[start + column]!
      to++
    }
  }
  return picked
}

export function wholeAxis(length: number): KeptAxis {
  return { length, kept: Uint32Array.from({ length }, (_, index) => index) }
}

/** An axis of groups of `size` positions each, one group for each position of `axis`. */
export function groupedAxis({ length, kept, used }: KeptAxis, size: number): KeptAxis {
  const member = (at: number) => kept[Math.floor(at / size)]! * size + (at % size)
  return {
    length: length * size,
    kept: Uint32Array.from({ length: kept.length * size }, (_, at) => member(at)),
    ...(used && {
      used: Uint8Array.from({ length: length * size }, (_, at) => used[Math.floor(at / size)]!),
    }),
  }
}

function isWhole({ length, kept, used }: KeptAxis): boolean {
  return kept.length === length && !used?.includes(0)
}

interface Row {
  /** In row-major order. */
  number: number
  isUsed: boolean
}

function* rowsOf(
  [first, ...others]: readonly KeptAxis[],
  { number, isUsed }: Row = { number: 0, isUsed: true },
): Generator<Row> {
  if (!first) yield { number, isUsed }
  else
    for (const position of first.kept)
      yield* rowsOf(others, {
        number: number * first.length + position,
        isUsed: isUsed && first.used?.[position] !== 0,
      })
}
