/** Moves the focus to the first input of a form whose text is not the JSON that it should be. @returns whether there is one */
export function focusUnreadable(form: HTMLFormElement): boolean {
  const input = [...form.elements].find(
    one => one instanceof HTMLTextAreaElement && one.validity.customError,
  ) as HTMLTextAreaElement | undefined
  for (let fold = input?.closest('details'); fold; fold = fold.parentElement?.closest('details'))
    fold.open = true
  input?.focus()
  return input !== undefined
}
