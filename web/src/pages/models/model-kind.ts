import type { Model } from '@thresher/client'

export type ModelKind = 'registered' | 'uploaded' | 'preset'

export function kindOf({ version, createdAt }: Model): ModelKind {
  if (version !== undefined) return 'registered'
  return createdAt === undefined ? 'preset' : 'uploaded'
}

/** What a job names as its `model` to train this network. */
export function modelReference(model: Model): { preset: string } | { id: string } {
  return kindOf(model) === 'preset' ? { preset: model.id } : { id: model.id }
}
