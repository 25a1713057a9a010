import { z } from 'zod'

/** The most that one request may ask about. */
export const EXAMPLES = 256

/** Examples to ask a model about, as JSON. */
export const PredictionRequest = z
  .strictObject({
    inputs: z
      .array(z.union([z.array(z.unknown()), z.number()]))
      .min(1)
      .max(EXAMPLES)
      .describe('Examples as nested arrays, as the dataset has them: bytes of images, or numbers.'),
  })
  .meta({ id: 'PredictionRequest', examples: [{ inputs: [[5.1, 3.5, 1.4, 0.2]] }] })
