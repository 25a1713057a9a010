import { useMemo } from 'preact/hooks'
import { client } from '../state/session.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { type Field, fieldOf } from './form-model.ts'
import type { Schemas } from './json-schema.ts'

/** The form of a request of the contract, once the service has sent it: its name among the schemas of the contract. */
export function useRequestForm(name: string): { field?: Field; error?: Error } {
  const { data, error } = useLoaded(contract, [client.value])
  const field = useMemo(() => {
    const schemas = data?.components.schemas as Schemas | undefined
    return schemas && fieldOf(schemas[name]!, schemas)
  }, [data, name])
  return { ...(field && { field }), ...(error && { error }) }
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
