import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Button } from './button.tsx'

interface ConfirmDialogProps {
  open: boolean
  title: ComponentChildren
  children: ComponentChildren
  /** The verb on the button that acts, for example `Cancel 3 jobs`. */
  action: string
  /** The word on the button that closes the dialog. */
  dismiss?: string
  danger?: boolean
  onConfirm: () => void
  onClose: () => void
}

/** A modal question before an action. The browser keeps the focus in it, and Escape closes it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, children, action, dismiss = 'Keep', danger = false, onConfirm, onClose } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    if (open) dialog.current?.showModal()
    else dialog.current?.close()
  }, [open])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      <div class="dialog-body">{children}</div>
      <div class="row end">
        <Button onClick={onClose}>{dismiss}</Button>
        <Button kind={danger ? 'danger' : 'primary'} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </dialog>
  )
}
