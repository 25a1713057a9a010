import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { nearest } from './heat-rows.ts'

export interface Cell {
  row: Signal<number>
  /** Index of the epoch under the shared cursor. */
  epoch: ReadonlySignal<number | null>
  /** The x of the cursor. */
  x: Signal<number | null>
  move(rows: number, epochs: number): void
  point(row: number, x: number | null): void
}

/** The cell of a heat map that the pointer or the keys are at. */
export function useCell(rowCount: number, xs: Float64Array, cursor: Signal<number | null>): Cell {
  const row = useMemo(() => signal(0), [])
  return useMemo(() => {
    const epoch = computed(() =>
      cursor.value === null || xs.length === 0 ? null : nearest(xs, cursor.value),
    )
    const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value))
    return {
      row,
      epoch,
      x: cursor,
      move(rows, epochs) {
        if (xs.length === 0) return
        row.value = clamp(row.value + rows, rowCount)
        cursor.value = xs[clamp((epoch.value ?? xs.length - 1) + epochs, xs.length)]!
      },
      point(next, x) {
        row.value = clamp(next, rowCount)
        cursor.value = x === null || xs.length === 0 ? null : xs[nearest(xs, x)]!
      },
    }
  }, [rowCount, xs, cursor])
}
