import { element } from './element.ts'
import { elementCount } from './embedded-model.ts'
import { nested } from './nested.ts'

/** A text box for one example as nested arrays. @param shape of an example */
export function jsonBox(
  shape: readonly number[],
  onExample: (example: Float32Array | Error) => void,
): HTMLElement {
  const size = elementCount(shape)
  const text = element('textarea', {
    rows: 10,
    spellcheck: false,
    value: JSON.stringify(nested(new Float32Array(size), shape)),
  })
  const form = element(
    'form',
    null,
    element('label', null, `One example as JSON, of shape [${shape.join(', ')}]`, text),
    element('button', { className: 'primary' }, 'Predict'),
  )
  form.addEventListener('submit', event => {
    event.preventDefault()
    onExample(parseExample(text.value, shape, size))
  })
  return form
}

function parseExample(text: string, shape: readonly number[], size: number): Float32Array | Error {
  try {
    const numbers = (JSON.parse(text) as unknown[]).flat(shape.length)
    const wrong = numbers.find(value => typeof value !== 'number')
    if (wrong !== undefined) return new Error(`${JSON.stringify(wrong)} is not a number.`)
    if (numbers.length === size) return Float32Array.from(numbers as number[])
    return new Error(`The example has ${numbers.length} numbers; the model expects ${size}.`)
  } catch {
    return new Error('This is not a JSON array of numbers.')
  }
}
