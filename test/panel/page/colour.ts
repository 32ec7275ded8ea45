/** The colour of a picture of one pixel, a PNG in base64, as `rgb(…)`. */
export async function colourOf(png: string): Promise<string> {
  const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context?.drawImage(picture, 0, 0);
  const [red, green, blue] = context?.getImageData(0, 0, 1, 1).data ?? [];
  return `rgb(${red}, ${green}, ${blue})`;
}

/** The colour that an element has by its style, whatever lies above it. */
export function backgroundOf(selector: string): string {
  let roots: (Document | ShadowRoot)[] = [document];
  while (roots.length > 0) {
    for (const root of roots) {
      const found = root.querySelector(selector);
      if (found !== null) return getComputedStyle(found).backgroundColor;
    }
    roots = roots.flatMap((root) =>
      [...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []),
    );
  }
  return '';
}
