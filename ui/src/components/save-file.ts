/** Hands a file to the reader, as a download. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has begun by then; at once would end it in some browsers.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
