import { z } from 'zod'

/** How training images are varied, in the order given; each epoch anew, the same for the same seed. */
export const Augmentation = z
  .union([
    z.literal('horizontalFlip').describe('Mirrors every other image, by chance.'),
    z.strictObject({
      randomCrop: z.strictObject({
        padding: z
          .int()
          .min(1)
          .max(64)
          .describe('Black pixels put around the image before it is cut out again.'),
      }),
    }),
    z
      .literal('randomResizedCrop')
      .describe(
        'Cuts out 8 to 100 % of the area at a ratio of 3/4 to 4/3, and scales it back (Szegedy et al. 2015).',
      ),
  ])
  .meta({ id: 'Augmentation' })
export type Augmentation = z.infer<typeof Augmentation>
