import { element } from './element.ts'

/** A field for each number of an example. @param names of the numbers */
export function tableForm(names: readonly string[], onExample: (example: Float32Array) => void): HTMLElement {
  const fields = names.map(() =>
    element('input', { type: 'number', step: 'any', required: true, value: '0' }),
  )
  const form = element(
    'form',
    null,
    element(
      'div',
      { className: 'fields' },
      ...fields.map((field, index) => element('label', null, names[index]!, field)),
    ),
    element('button', { className: 'primary' }, 'Predict'),
  )
  form.addEventListener('submit', event => {
    event.preventDefault()
    onExample(Float32Array.from(fields, ({ valueAsNumber }) => valueAsNumber))
  })
  return form
}
