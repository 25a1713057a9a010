import { useMemo } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { choiceCodec, numberCodec } from '../state/codecs.ts'
import { changeQuery } from '../state/location.ts'
import { urlState } from '../state/url-state.ts'
import { X_CHOICES } from './x-axis.ts'
import type { Zoom } from './zoom.ts'

/** What the reader chose for all charts of a page: the x axis, smoothing, kernels only; and the controls for that. */
export function useAxisControls() {
  const state = useMemo(
    () => ({
      x: urlState('x', choiceCodec(X_CHOICES, 'epoch')),
      smoothing: urlState('smooth', numberCodec(0), 'replace'),
      variables: urlState('variables', choiceCodec(['kernels', 'all'], 'kernels')),
    }),
    [],
  )
  const smoothing = Math.min(0.99, Math.max(0, state.smoothing.value))
  const controls = (zoom: Zoom, hasLayers = true) => (
    <div class="row small">
      <label class="inline-field">
        x axis
        <select
          value={state.x.value}
          onChange={event => changeQuery({ x: event.currentTarget.value, zoom: null })}
        >
          {X_CHOICES.map(choice => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      </label>
      <label class="inline-field">
        Smoothing
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onInput={event => {
            state.smoothing.value = Number(event.currentTarget.value)
          }}
        />
      </label>
      {hasLayers && (
        <label class="inline-field">
          <input
            type="checkbox"
            checked={state.variables.value === 'all'}
            onChange={event => {
              state.variables.value = event.currentTarget.checked ? 'all' : 'kernels'
            }}
          />
          Biases
        </label>
      )}
      <ShowAll zoom={zoom} />
    </div>
  )
  return { x: state.x.value, smoothing, kernels: state.variables.value === 'kernels', controls }
}

function ShowAll({ zoom }: { zoom: Zoom }) {
  return (
    <Button
      disabled={zoom.value === null}
      onClick={() => {
        zoom.value = null
      }}
    >
      Show all
    </Button>
  )
}
