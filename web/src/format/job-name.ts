/** What a name needs of a job, whether it comes alone or in a list. */
export interface NamedJob {
  id: string
  name?: string
  spec: { model: object }
}

/** Characters of an id that tell it apart from the others of a list. */
const ENOUGH = 6

/** The name of a job, or a short word for one without a name: its model and the end of its id. */
export function jobName({ id, name, spec }: NamedJob): string {
  if (name !== undefined) return name
  const { model } = spec
  const word = 'preset' in model ? model.preset : 'id' in model ? model.id : 'job'
  return `${word} …${id.slice(-ENOUGH)}`
}
