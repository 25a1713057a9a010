import { load } from '../src/index.ts'
import { AnswerView, digits } from './answer-view.ts'
import { drawPad } from './draw-pad.ts'
import { element } from './element.ts'
import { elementCount, embeddedModel, factsOf, type ModelFacts } from './embedded-model.ts'
import { imageFile } from './image-file.ts'
import { jsonBox } from './json-box.ts'
import { outcomeOf } from './outcome.ts'
import { tableForm } from './table-form.ts'
import { compared, timed } from './timing.ts'

/** A form with more fields would be longer than its JSON. */
const MOST_FIELDS = 40
const ROUNDS = 7
const NOT_FINITE = 'Each number must be within the range of float32, whose largest is 3.4e38.'

type OnExample = (example: Float32Array | Error | undefined) => void

const byId = (id: string) => document.getElementById(id)!

const view = new AnswerView(byId('answer'))
try {
  await start()
} catch (error) {
  view.say(`The model cannot run here: ${(error as Error).message}`, true)
}

async function start(): Promise<void> {
  const file = embeddedModel()
  const facts = factsOf(file)
  byId('title').textContent = facts.name
  document.title = `${facts.name}, in this browser`
  const model = await load(file)
  const zeros = (100 * model.sparsity).toFixed(1)
  byId('facts').textContent =
    `${model.parameters.toLocaleString('en')} weights, ${zeros} % of them zero, in ${file.length.toLocaleString('en')} bytes.`
  let last: Float32Array | undefined
  byId('input').replaceChildren(
    inputFor(facts, example => {
      if (example instanceof Error) return view.say(example.message, true)
      if (!example) return view.say('Nothing is drawn yet.')
      if (!example.every(Number.isFinite)) return view.say(NOT_FINITE, true)
      try {
        const { result, milliseconds } = timed(() => model.predict(example))
        last = example
        view.show(outcomeOf(facts, result), example, facts.inputShape, milliseconds)
      } catch (error) {
        // A number is not a token of the model.
        view.say((error as Error).message, true)
      }
    }),
  )
  view.say('There is no input yet.')
  byId('answer').after(
    comparison(file, () => last ?? new Float32Array(elementCount(facts.inputShape)), model),
  )
}

/** What fits the examples of the model: a pad for digits, a field for image files, fields for a row of a table, or JSON. */
function inputFor({ inputShape, isImage, classes, columns }: ModelFacts, onExample: OnExample): HTMLElement {
  const [height = 1, width = 1, channels = 1] = inputShape
  if (isImage && channels === 1 && isDigits(classes)) return drawPad([height, width], onExample)
  if (isImage) return imageFile([height, width, channels], onExample)
  if (inputShape.length > 1 || height > MOST_FIELDS) return jsonBox(inputShape, onExample)
  const names = Array.from({ length: height }, (_, index) => columns[index] ?? `feature ${index}`)
  return tableForm(names, onExample)
}

function isDigits(classes: readonly string[]): boolean {
  return classes.join() === '0,1,2,3,4,5,6,7,8,9'
}

/** A button that measures the model with and without its zeros. */
function comparison(
  file: Uint8Array,
  exampleOf: () => Float32Array,
  sparse: Awaited<ReturnType<typeof load>>,
): HTMLElement {
  const answer = element('p', { className: 'quiet', id: 'comparison', role: 'status' })
  const button = element('button', { type: 'button' }, 'Compare with the dense model')
  button.addEventListener('click', async () => {
    const dense = await load(file, { kernels: 'dense' })
    const example = exampleOf()
    const [slow, fast] = compared(
      () => dense.predict(example),
      () => sparse.predict(example),
      ROUNDS,
    )
    answer.textContent = `Dense ${digits(slow)} ms, sparse ${digits(fast)} ms: ${digits(slow / fast)} times as fast.`
  })
  return element('div', { className: 'row' }, button, answer)
}
