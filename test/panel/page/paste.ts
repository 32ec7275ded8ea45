/** Pastes a text into the field that has the focus, as the clipboard would. */
export function paste(text: string): void {
  let field = document.activeElement;
  for (let inner = field; inner !== null; inner = inner.shadowRoot?.activeElement ?? null) {
    field = inner;
  }
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  const init = { clipboardData, bubbles: true, composed: true, cancelable: true };
  field?.dispatchEvent(new ClipboardEvent('paste', init));
}

/** What the drag of a text file brings with it. */
export function dragged(file: { readonly name: string; readonly text: string }): DataTransfer {
  const transfer = new DataTransfer();
  transfer.items.add(new File([file.text], file.name, { type: 'text/plain' }));
  return transfer;
}
