import { z } from 'zod'

/** The highest number of examples in one request. */
export const EXAMPLES = 256

/** The largest body with examples. */
export const PREDICTION_BYTES = 16 * 1024 * 1024

/** Examples for a model, as JSON. */
export const PredictionRequest = z
  .strictObject({
    inputs: z
      .array(z.union([z.array(z.unknown()), z.number()]))
      .min(1)
      .max(EXAMPLES)
      .describe('Examples as nested arrays with the values of the dataset: bytes of images, or numbers.'),
  })
  .meta({ id: 'PredictionRequest', examples: [{ inputs: [[5.1, 3.5, 1.4, 0.2]] }] })
