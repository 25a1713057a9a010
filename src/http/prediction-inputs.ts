import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { PredictionInputs } from '#children/predictor.ts'
import { factsOf } from '#domain/dataset.ts'
import { AppError, invalidRequest } from '#domain/error.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import { tokenChecker } from '#network/tokens.ts'
import type { Topology } from '#network/topology.ts'
import { Binary, FileParts } from './binary.ts'
import { flattenExamples, type PlacedExample } from './flatten-examples.ts'
import { parseExamples } from './parse-examples.ts'
import { EXAMPLES, PREDICTION_BYTES, PredictionRequest } from './prediction-request.ts'
import { malformedForm, readParts } from './read-parts.ts'
import { tableRows } from './table-rows.ts'

const TABLES = ['text/csv', 'application/csv']
const LINES = ['application/jsonl', 'application/x-ndjson', 'application/x-jsonlines']
const JSON_TYPE = 'application/json'
const IMAGES = /^image\/[a-z0-9.+-]+/i

/** The content types of examples. */
export const PREDICTION_BODIES: Readonly<Record<string, z.ZodType>> = {
  'multipart/form-data': z.object({ image: FileParts }),
  [JSON_TYPE]: PredictionRequest,
  ...Object.fromEntries([...TABLES, ...LINES].map(type => [type, z.string()])),
  'image/*': Binary,
}

const TAKEN =
  'Send examples as JSON (application/json), JSON lines (application/jsonl), CSV (text/csv), an image (such as image/png), or image files in parts `image` of multipart/form-data.'

type Spec = Pick<TrainingSpec, 'model' | 'dataset'>

/** Registers parsers for these bodies. JSON stays a string, because its maximum size depends on the model. */
export async function takeExamples(app: FastifyInstance): Promise<void> {
  await app.register(multipart, { limits: { fileSize: PREDICTION_BYTES, files: EXAMPLES, fields: 0 } })
  app.removeContentTypeParser([JSON_TYPE, '*'])
  app.addContentTypeParser('*', (_request, _payload, done) =>
    done(new AppError('unsupported_media_type', TAKEN)),
  )
  app.addContentTypeParser([JSON_TYPE, ...TABLES, ...LINES], { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  )
  app.addContentTypeParser(IMAGES, { parseAs: 'buffer' }, (_, body, done) => done(null, body))
}

/** The examples of a request. @throws AppError `invalid_request` that names the wrong place; `malformed_body`, `unsupported_media_type` */
export async function predictionInputs(request: FastifyRequest, spec: Spec): Promise<PredictionInputs> {
  if (request.isMultipart()) return await imagesIn(request)
  const [mediaType = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';')
  const type = mediaType.trim()
  if (IMAGES.test(type))
    return {
      images: [
        { name: 'the body', bytes: request.body instanceof Uint8Array ? request.body : new Uint8Array() },
      ],
      count: 1,
    }
  const text = typeof request.body === 'string' ? request.body : ''
  if (TABLES.includes(type)) return arraysOf(tableRows(text, shapeOf(spec)), spec)
  const { shape } = shapeOf(spec)
  if (LINES.includes(type)) return arraysOf(linesOf(text, shape), spec)
  if (text === '') throw new AppError('malformed_body', 'The body is empty; examples are required.')
  const { inputs } = parseByZod(
    PredictionRequest,
    parseExamples(text, { shape, most: EXAMPLES, place: 'inputs' }),
  )
  return arraysOf(
    inputs.map((value, index) => ({ value, place: `inputs.${index}` })),
    spec,
  )
}

function shapeOf({ model, dataset }: Spec) {
  return { shape: topologyOf(model).inputShape, columns: factsOf(dataset)?.columns }
}

function arraysOf(examples: readonly PlacedExample[], spec: Spec): PredictionInputs {
  if (examples.length === 0) throw invalidRequest('inputs', 'must have at least one example')
  if (examples.length > EXAMPLES) throw invalidRequest('inputs', `must have at most ${EXAMPLES} examples`)
  const topology = topologyOf(spec.model)
  const isBytes = factsOf(spec.dataset)?.dtype !== 'float32'
  const x = flattenExamples(examples, shapeGiven(examples[0]!, topology, spec), isBytes)
  checkTokens(x, examples, topology)
  return { x, count: examples.length }
}

/** An example may have the shape of the network input, or that of the dataset, which may lack axes of length 1. */
function shapeGiven(
  { value }: PlacedExample,
  { inputShape }: Topology,
  { dataset }: Spec,
): readonly number[] {
  const own = factsOf(dataset)?.inputShape ?? inputShape
  return levelsOf(value) === own.length ? own : inputShape
}

function levelsOf(value: unknown): number {
  let levels = 0
  for (let inner = value; Array.isArray(inner); inner = inner[0]) levels++
  return levels
}

function checkTokens(x: ArrayLike<number>, examples: readonly PlacedExample[], topology: Topology): void {
  const check = tokenChecker(topology)
  if (!check) return
  const size = x.length / examples.length
  for (const [row, { place }] of examples.entries()) {
    const wrong = check(Array.prototype.slice.call(x, row * size, (row + 1) * size))
    if (wrong) throw invalidRequest(`${place}.${wrong.position}`, wrong.message)
  }
}

/** One example per line, as an array or a number. */
function linesOf(text: string, shape: readonly number[]): PlacedExample[] {
  const examples: PlacedExample[] = []
  for (const { line, number } of filledLines(text)) {
    const place = `line ${number}`
    examples.push({ value: parseExamples(line, { shape, most: 1, place, firstLine: number }), place })
    if (examples.length > EXAMPLES) break
  }
  return examples
}

function* filledLines(text: string): Generator<{ line: string; number: number }> {
  for (let start = 0, number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    // A fast check for the common case: most empty lines have no characters.
    if (end > start && text.slice(start, end).trim() !== '') yield { line: text.slice(start, end), number }
    start = end + 1
  }
}

async function imagesIn(request: FastifyRequest): Promise<PredictionInputs> {
  const images: { name: string; bytes: Uint8Array }[] = []
  for await (const part of readParts(request)) {
    if (part.type === 'field' || part.fieldname !== 'image')
      throw invalidRequest(
        part.fieldname,
        'is not a part of this form: send image files in parts named image',
      )
    images.push({ name: part.filename, bytes: await part.toBuffer().catch(malformedForm) })
  }
  if (images.length === 0) throw invalidRequest('image', 'is required: send one part for each image file')
  return { images, count: images.length }
}
