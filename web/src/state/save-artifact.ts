import { client } from './session.ts'

/**
 * Downloads a file of a job and passes it to the browser's downloads. A plain link could not send the key.
 *
 * @param query selects a variant, as the query parameters of the request do
 */
export async function saveArtifact(
  jobId: string,
  name: string,
  query: Record<string, string>,
): Promise<void> {
  const answer = await client.value.jobs.artifact(jobId, name, query)
  const address = URL.createObjectURL(await answer.blob())
  const anchor = Object.assign(document.createElement('a'), { href: address, download: nameOf(answer, name) })
  anchor.click()
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

function nameOf(answer: Response, name: string): string {
  return /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? name
}
