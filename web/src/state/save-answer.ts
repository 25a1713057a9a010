/** Saves the body of an answer as a file of the browser. */
export async function saveAnswer(answer: Response, name: string): Promise<void> {
  const address = URL.createObjectURL(await answer.blob())
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = name
  anchor.click()
  // The browser has begun to read it after this task.
  setTimeout(() => URL.revokeObjectURL(address))
}
