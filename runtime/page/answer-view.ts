import { element } from './element.ts'
import { nested } from './nested.ts'
import type { Outcome } from './outcome.ts'

/** More outputs are too many to read. */
const MOST_ROWS = 10

/** The part of the page that shows what the model answers. */
export class AnswerView {
  readonly #root: HTMLElement
  readonly #status = element('p', { className: 'verdict', role: 'status' })
  readonly #note = element('p', { className: 'quiet', id: 'time' })
  readonly #table = element('table', { id: 'outputs' })
  readonly #inputs = element('textarea', { id: 'inputs', rows: 6, readOnly: true, spellcheck: false })
  readonly #details: HTMLElement

  constructor(root: HTMLElement) {
    this.#root = root
    const label = element('label', null, 'Body of POST /v1/jobs/JOB/predict', this.#inputs)
    this.#details = element('details', null, element('summary', null, 'The input as JSON'), label)
    this.#root.replaceChildren(this.#status)
  }

  say(text: string, isError = false): void {
    this.#status.textContent = text
    this.#status.className = isError ? 'error' : 'quiet'
    this.#root.replaceChildren(this.#status)
  }

  /** @param example of this shape. @param milliseconds that the prediction took */
  show(outcome: Outcome, example: Float32Array, shape: readonly number[], milliseconds: number): void {
    const { verdict, outputs, areProbabilities } = outcome
    this.#status.className = 'verdict'
    this.#status.textContent =
      verdict ?? outputs.map(({ name, value }) => `${name}: ${digits(value)}`).join(', ')
    this.#note.textContent = `Computed in ${digits(milliseconds)} ms on this device, on one thread.`
    this.#table.replaceChildren(caption(outcome), ...outputs.slice(0, MOST_ROWS).map(row(areProbabilities)))
    this.#inputs.value = JSON.stringify({ inputs: [nested(example, shape)] })
    this.#root.replaceChildren(this.#status, this.#table, this.#note, this.#details)
  }
}

function caption({ outputs, areProbabilities }: Outcome): HTMLElement {
  const what = areProbabilities ? 'Probabilities' : 'Outputs'
  const shown = outputs.length > MOST_ROWS ? `, the first ${MOST_ROWS} of ${outputs.length}` : ''
  return element('caption', null, `${what}${shown}`)
}

const row =
  (areProbabilities: boolean) =>
  ({ name, value }: Outcome['outputs'][number]) => {
    const number = element(
      'td',
      { title: String(value) },
      areProbabilities ? `${(100 * value).toFixed(1)} %` : digits(value),
    )
    number.dataset.value = String(value)
    const cells = [element('th', { scope: 'row' }, name), number]
    if (!areProbabilities) return element('tr', null, ...cells)
    const bar = element('div')
    bar.style.width = `${100 * value}%`
    const cell = element('td', { className: 'bar', ariaHidden: 'true' }, bar)
    return element('tr', null, cells[0]!, cell, cells[1]!)
  }

/** Three significant digits. */
export function digits(value: number): string {
  return Number(value.toPrecision(3)).toString()
}
