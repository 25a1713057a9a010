import { z } from 'zod'

/** Text in one line: it is printed in terminals, logs and files. */
export const Line = z
  .string()
  .refine(text => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not have control characters or lone surrogates')
  .meta({ pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' })

/** The name of a job, a dataset or a model. */
export const Name = Line.min(1)
  .max(200)
  .meta(Line.meta() ?? {})
