import { textCodec } from '../state/codecs.ts'
import { urlState } from '../state/url-state.ts'

const name = urlState('name', textCodec(), 'replace')

/** The beginning of the names that a list shows. It is kept in the address. */
export function nameFilter(): { name?: string } {
  return name.value === '' ? {} : { name: name.value }
}

export function NameFilter() {
  return (
    <label class="inline-field">
      Name starts with
      <input
        type="search"
        value={name.value}
        onInput={event => {
          name.value = event.currentTarget.value
        }}
      />
    </label>
  )
}
