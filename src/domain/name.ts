import { z } from 'zod'

/** The name of a job, a dataset or a model. */
export const Name = z
  .string()
  .min(1)
  .max(200)
  .refine(text => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not have control characters or lone surrogates')
  .meta({ pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' })
