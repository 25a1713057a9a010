import { useMemo } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { choiceCodec } from '../state/codecs.ts'
import { urlState } from '../state/url-state.ts'

/** What a reader chose for one chart: its scale, and whether the table is open. */
export function useChartView<T extends string>(name: string, scales: readonly T[]) {
  const state = useMemo(
    () => ({
      scale: urlState(`${name}.scale`, choiceCodec(scales, scales[0]!)),
      table: urlState(`${name}.table`, choiceCodec(['0', '1'], '0')),
    }),
    [name, scales[0]],
  )
  const table = state.table.value === '1'
  const controls = (title: string) => (
    <div class="row small">
      {scales.length > 1 && (
        <select
          aria-label={`Scale of ${title}`}
          value={state.scale.value}
          onChange={event => {
            state.scale.value = event.currentTarget.value as T
          }}
        >
          {scales.map(scale => (
            <option key={scale}>{scale}</option>
          ))}
        </select>
      )}
      <Button
        kind="quiet"
        pressed={table}
        label={`Table of ${title}`}
        onClick={() => {
          state.table.value = table ? '0' : '1'
        }}
      >
        Table
      </Button>
    </div>
  )
  return { scale: state.scale.value, table, controls }
}
