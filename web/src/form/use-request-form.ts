import { useLoaded } from '../state/use-loaded.ts'
import { client } from '../state/session.ts'
import type { Schemas } from './json-schema.ts'
import { type Field, fieldOf } from './form-model.ts'

/** The form of a request of the contract, once the service has sent it: its name among the schemas of the contract. */
export function useRequestForm(name: string): { field?: Field; error?: Error } {
  const { data, error } = useLoaded(() => contract(), [client.value])
  const schemas = data?.components.schemas as Schemas | undefined
  return { ...(schemas && { field: fieldOf(schemas[name]!, schemas) }), ...(error && { error }) }
}

let loaded: ReturnType<typeof load> | undefined

/** The contract does not change while the page is open. */
function contract(): ReturnType<typeof load> {
  loaded ??= load().catch(error => {
    loaded = undefined
    throw error
  })
  return loaded
}

function load() {
  return client.value.contract()
}
