import { DEFAULT_TENANT } from '#access/owner.ts'
import { connectStores, type Stores } from '#stores/connect.ts'

/** The stores of the default tenant, connected as the mains do. */
export async function connectDefault(places: Parameters<typeof connectStores>[0]): Promise<Stores> {
  return (await connectStores(places)).of({ tenant: DEFAULT_TENANT })
}
