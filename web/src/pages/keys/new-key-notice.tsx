import type { NewKey } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'

/** The text of a new key, which the service shows only once. */
export function NewKeyNotice({ created: { name, key } }: { created: NewKey }) {
  const [state, setState] = useState('Copy')
  const copy = () =>
    // Browsers offer no clipboard to pages that arrive without encryption.
    (navigator.clipboard?.writeText(key) ?? Promise.reject()).then(
      () => setState('Copied'),
      () => setState('Select it and copy it by hand'),
    )
  return (
    <section class="notice good" aria-label="The new key">
      <strong role="status">
        The key “<bdi>{name}</bdi>” has been created.
      </strong>
      <p>Copy it now: the service stores only a digest and cannot show it again.</p>
      <div class="row">
        <input
          class="key-text mono"
          readOnly
          aria-label="Text of the key"
          value={key}
          onFocus={event => event.currentTarget.select()}
        />
        <Button onClick={copy}>{state}</Button>
      </div>
    </section>
  )
}
