import type { Job } from '@thresher/client'

/** A few words for the model of a spec. */
export function modelName(model: Partial<Job['spec']['model']>): string {
  if ('preset' in model && model.preset !== undefined) return model.preset
  return 'custom network'
}
