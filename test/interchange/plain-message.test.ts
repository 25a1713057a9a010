import assert from 'node:assert/strict'
import { it } from 'node:test'
import { z } from 'zod'
import { parseByZod } from '#interchange/parse-by-zod.ts'

const share = z.number().min(0).lt(1)

for (const [what, schema, input, message] of [
  ['nothing where an object belongs', z.strictObject({}), undefined, 'is required: an object'],
  ['a list where an object belongs', z.strictObject({}), [], 'must be an object, not a list'],
  ['a word where a number belongs', share, 'many', 'must be a number, not "many"'],
  ['a fraction where an integer belongs', z.int(), 1.5, 'must be a whole number, not 1.5'],
  ['a percentage where a share belongs', share, 95, 'must be less than 1; 95 % is 0.95'],
  ['a number above the bound', share, 1, 'must be less than 1'],
  ['a number below the bound', share, -1, 'must be at least 0'],
  ['a number at an open bound', z.number().gt(0), 0, 'must be greater than 0'],
  ['a long text', z.string().max(3), 'abcd', 'must have at most 3 characters'],
  ['an empty text', z.string().min(1), '', 'must not be empty'],
  ['an empty list', z.array(z.int()).min(1), [], 'must have at least 1 entry'],
  ['a wrong time', z.iso.datetime(), 'soon', 'must be a time such as 2026-01-31T12:00:00Z'],
  ['a wrong address', z.url(), 'soon', 'must be a URL such as https://example.com/path'],
  ['an integer that is no multiple', z.int().multipleOf(8), 9, 'must be a multiple of 8'],
  ['a long pair', z.tuple([z.int(), z.int()]), [1, 2, 3], 'must have at most 2 entries'],
] as [string, z.ZodType, unknown, string][])
  it(`${what} is refused in a plain sentence`, () => {
    assert.throws(
      () => parseByZod(schema, input),
      ({ mistakes }: { mistakes: { message: string }[] }) => {
        assert.deepEqual(
          mistakes.map(one => one.message),
          [message],
        )
        return true
      },
    )
  })
