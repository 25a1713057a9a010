/** Passes the body of an answer to the browser's downloads. A plain link could not send the key. */
export async function saveAnswer(answer: Response, name: string): Promise<void> {
  const address = URL.createObjectURL(await answer.blob())
  const anchor = Object.assign(document.createElement('a'), { href: address, download: nameOf(answer, name) })
  anchor.click()
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

function nameOf(answer: Response, name: string): string {
  return /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? name
}
