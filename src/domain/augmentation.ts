import { z } from 'zod'

const padding = z
  .int()
  .min(1)
  .max(64)
  .describe('Width of the black border that is added before an image of the original size is cropped.')

const NamedAugmentation = z
  .discriminatedUnion('name', [
    z.strictObject({ name: z.literal('horizontalFlip') }).describe('Mirrors an image with probability 1/2.'),
    z.strictObject({ name: z.literal('randomCrop'), padding }),
    z
      .strictObject({ name: z.literal('randomResizedCrop') })
      .describe(
        'Crops 8 to 100 % of the area at an aspect ratio of 3/4 to 4/3, and resizes the crop (Szegedy et al. 2015).',
      ),
  ])
  .meta({ id: 'NamedAugmentation' })
/** A random change to training images. */
export type NamedAugmentation = z.infer<typeof NamedAugmentation>

const OlderAugmentation = z.union([
  z.enum(['horizontalFlip', 'randomResizedCrop'], {
    error:
      'must be an object with a name: { "name": "horizontalFlip" }, { "name": "randomCrop", "padding": 4 } or { "name": "randomResizedCrop" }',
  }),
  z.strictObject({ randomCrop: z.strictObject({ padding }).meta({ id: 'Crop' }) }),
])

/**
 * Applied in the given order. Each epoch draws new random numbers, and the same seed gives the same images. Specs of older jobs contain the
 * older form.
 */
export const Augmentation = z
  .union([
    NamedAugmentation,
    OlderAugmentation.describe('The older form of the same augmentations, still accepted as input.'),
  ])
  .meta({ id: 'Augmentation' })
export type Augmentation = z.infer<typeof Augmentation>

/** The form that a resolved spec has. */
export function namedAugmentation(augmentation: Augmentation): NamedAugmentation {
  if (typeof augmentation === 'string') return { name: augmentation }
  if ('name' in augmentation) return augmentation
  return { name: 'randomCrop', padding: augmentation.randomCrop.padding }
}
