import type { Job, ListedJob } from '@thresher/client'

/** A few words for the model of a spec. */
export function modelName(model: Job['spec']['model'] | ListedJob['spec']['model']): string {
  return 'preset' in model ? model.preset : 'custom network'
}
