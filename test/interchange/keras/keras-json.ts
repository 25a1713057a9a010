import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { topologyFromKeras } from '#interchange/keras/read-model.ts'

/** A layer in the form of Keras; its name is its class unless the config contains another. */
export const layer = (class_name: string, config: object = {}) => ({
  class_name,
  config: { name: class_name, ...config },
})
export const input = (...shape: number[]) => ({
  class_name: 'InputLayer',
  config: { name: 'input', batch_shape: [null, ...shape] },
})
export const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: { layers } })

/** Unsupported networks by their mistake, with the path and the text of the error. */
export type Refusals = Record<string, [json: unknown, path: string, message: RegExp]>

export function testRefusals(refusals: Refusals): void {
  for (const [what, [json, path, message]] of Object.entries(refusals)) {
    it(`${what} is refused with its path`, () => {
      assert.throws(
        () => topologyFromKeras(json),
        error => {
          assert.ok(error instanceof AppError)
          assert.equal(error.mistakes[0]?.path, path)
          assert.match(error.mistakes[0]!.message, message)
          return true
        },
      )
    })
  }
}
