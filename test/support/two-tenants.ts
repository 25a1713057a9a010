import { keyOf } from './key-of.ts'
import { type Json, type Operation, operationsOf } from './operations.ts'
import { startApi } from './start-api.ts'
import { absentIds, type RecordIds, storeRecords } from './tenant-records.ts'

const OPERATOR_KEY = 'the-key-of-the-operator'

interface Answer {
  status: number
  headers: Headers
  text: string
}

/** An api with the records of the tenants `acme` and `other`, each with an admin key. */
export async function startTwoTenants() {
  const api = await startApi({ adminKey: OPERATOR_KEY })
  const contract: { operations: Operation[]; document: Json } = await operationsOf(api.url)
  const absent = absentIds()
  const recordsOf = async (tenant: string) => {
    const { id: keyId, headers } = await keyOf(api.stores, { tenant })
    return { headers, ids: await storeRecords(api.stores.of({ tenant, keyId })) }
  }
  const [acme, other] = [await recordsOf('acme'), await recordsOf('other')]
  return {
    api,
    ...contract,
    /** The records of `acme`. */
    ids: acme.ids,
    /** Ids of the same form that no record has. */
    absent,
    /** A job of `other`. */
    ownJobId: other.ids.jobId,
    operator: { authorization: `Bearer ${OPERATOR_KEY}` },
    /** The headers of `acme`. */
    owner: acme.headers,
    /** The headers of `other`. */
    stranger: other.headers,
    async send(
      method: string,
      path: string,
      headers: Record<string, string>,
      body?: object,
    ): Promise<Answer> {
      const content = body && { body: JSON.stringify(body) }
      const type = body && { 'content-type': 'application/json' }
      const answer = await fetch(api.url + path, { method, headers: { ...headers, ...type }, ...content })
      return { status: answer.status, headers: answer.headers, text: await answer.text() }
    },
    /** What an answer shows, with every id of `acme` replaced by one that no record has. */
    shownBy({ status, text }: Answer) {
      const replaced = Object.entries(acme.ids).reduce(
        (shown, [kind, id]) => shown.replaceAll(id, absent[kind as keyof RecordIds]),
        text,
      )
      return { status, text: replaced.replace(/"requestId":"[^"]*"/, '') }
    },
  }
}

export type TwoTenants = Awaited<ReturnType<typeof startTwoTenants>>
